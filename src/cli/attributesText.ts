import type { AttributesView } from '../control/announcementView.ts';

/** `prepend 2, med 10, communities 64496:1 64496:2`, or `plain`. */
export function attributesText({ prepend, med, communities }: AttributesView): string {
  const parts = [
    prepend > 0 ? `prepend ${prepend}` : '',
    med === null ? '' : `med ${med}`,
    communities.length === 0 ? '' : `communities ${communities.join(' ')}`,
  ];
  return parts.filter((part) => part !== '').join(', ') || 'plain';
}
