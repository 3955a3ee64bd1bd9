#!/bin/sh
# What is ours. gobgpd's file has no place for it: run this once gobgpd is up, each time.
set -e
{% for network in networks %}
gobgp global rib add {{ network.prefix }} origin igp -a {{ network.family }}
{% endfor %}
