/** IANA "BGP Path Attributes" by name, also those that this program does not recognise. */

const NAMES: Readonly<Record<number, string>> = {
  1: 'ORIGIN',
  2: 'AS_PATH',
  3: 'NEXT_HOP',
  4: 'MULTI_EXIT_DISC',
  5: 'LOCAL_PREF',
  6: 'ATOMIC_AGGREGATE',
  7: 'AGGREGATOR',
  8: 'COMMUNITIES',
  9: 'ORIGINATOR_ID',
  10: 'CLUSTER_LIST',
  14: 'MP_REACH_NLRI',
  15: 'MP_UNREACH_NLRI',
  16: 'EXTENDED_COMMUNITIES',
  17: 'AS4_PATH',
  18: 'AS4_AGGREGATOR',
  22: 'PMSI_TUNNEL',
  23: 'TUNNEL_ENCAPSULATION',
  24: 'TRAFFIC_ENGINEERING',
  25: 'IPV6_EXTENDED_COMMUNITIES',
  26: 'AIGP',
  27: 'PE_DISTINGUISHER_LABELS',
  29: 'BGP_LS',
  32: 'LARGE_COMMUNITIES',
  33: 'BGPSEC_PATH',
  35: 'ONLY_TO_CUSTOMER',
  36: 'D_PATH',
  37: 'SFP',
  38: 'BFD_DISCRIMINATOR',
  40: 'PREFIX_SID',
  128: 'ATTR_SET',
};

/** `ORIGIN`; `attribute 99` when it has no name. */
export function attributeName(code: number): string {
  return NAMES[code] ?? `attribute ${code}`;
}
