import t from 'tap';
import { importConfig } from '../../src/import/importConfig.ts';

/** Of one neighbour, whose lines are `lines`; `below`: what stands below `bfd`, as FRR writes it. */
function imported(lines: readonly string[], below = '') {
  const said = lines.map((line) => ` neighbor 198.51.100.1 ${line}\n`).join('');
  const text = `frr version 8.4.4
router bgp 64500
 bgp router-id 192.0.2.1
 no bgp ebgp-requires-policy
 neighbor 198.51.100.1 remote-as 64496
 neighbor 198.51.100.1 route-map OUT out
${said} address-family ipv4 unicast
  network 203.0.113.0/24
 exit-address-family
exit
!
ip route 203.0.113.0/24 blackhole
route-map OUT permit 10
exit
!
interface eth1
!
bfd
${below}exit
!
end
`;
  const result = importConfig(text, { dialect: 'frr', routerId: undefined, name: 'frr.conf' });
  if (!result.ok) throw new Error(result.failure);
  const bfd = /bfd: (.*)/.exec(result.yaml)?.[1];
  return { bfd, notes: result.notes.filter(({ text }) => !text.includes('network')) };
}

const PROFILE = ` profile slow
  detect-multiplier 5
  transmit-interval 500
  receive-interval 500
 exit
 !
`;

t.test('BFD is as the profile has it that the session names', (t) => {
  const named = imported(['bfd', 'bfd profile slow', 'bfd check-control-plane-failure'], PROFILE);
  t.equal(named.bfd, '{ interval: "500ms", multiplier: 5 }');
  t.same(named.notes, []);
  t.equal(imported(['bfd'], PROFILE).bfd, '{ interval: "300ms", multiplier: 3 }');
  t.equal(imported(['bfd 4 200 200']).bfd, '{ interval: "200ms", multiplier: 4 }');
  t.equal(imported([], PROFILE).bfd, undefined);
  t.end();
});

t.test('what the file cannot have so is told', (t) => {
  const uneven = imported(['bfd profile slow'], PROFILE.replace('transmit-interval 500', ''));
  t.equal(uneven.bfd, '{ interval: "300ms", multiplier: 5 }');
  t.match(uneven.notes, [{ kind: 'changed', means: /300 ms both ways, times 5/ }]);
  const quick = imported(['bfd 2 10 10']);
  t.equal(quick.bfd, '{ interval: "50ms", multiplier: 3 }');
  t.match(quick.notes, [{ kind: 'changed', means: /50 ms both ways, times 3/ }]);
  const gone = imported(['bfd profile gone'], PROFILE);
  t.equal(gone.bfd, '{ interval: "300ms", multiplier: 3 }');
  t.match(gone.notes, [{ kind: 'changed', means: /default times/ }]);
  t.end();
});

t.test('peers of their own, and what has no key, are lost', (t) => {
  const peer = ' peer 192.0.2.7\n  detect-multiplier 9\n  no shutdown\n exit\n !\n';
  const echo = PROFILE.replace(' exit', '  echo-mode\n exit');
  const { bfd, notes } = imported(['bfd profile slow'], peer + echo);
  t.equal(bfd, '{ interval: "500ms", multiplier: 5 }');
  t.same(
    notes.map(({ kind, text }) => `${kind} ${text}`),
    ['lost peer 192.0.2.7', 'lost detect-multiplier 9', 'lost echo-mode'],
  );
  t.end();
});
