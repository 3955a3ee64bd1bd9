#!/bin/sh
# What is ours. gobgpd's file has no place for it: run this once gobgpd is up, each time.
set -e
gobgp global rib add 203.0.113.0/24 origin igp -a ipv4
