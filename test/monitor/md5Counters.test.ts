import t from 'tap';
import { parseMd5Counters } from '../../src/monitor/md5Counters.ts';

t.test("the kernel's counters are found by their names", (t) => {
  const text = `TcpExt: SyncookiesSent TCPMD5NotFound TCPMD5Unexpected TCPMD5Failure TCPSackShifted
TcpExt: 9 1 2 3 8
IpExt: InNoRoutes TCPMD5NotFound
IpExt: 7 70
`;
  t.same(parseMd5Counters(text), { missing: 1, unexpected: 2, wrong: 3 });
  t.end();
});

t.test('a kernel that does not count them says nothing', (t) => {
  t.equal(parseMd5Counters(''), undefined);
  t.equal(parseMd5Counters('TcpExt: A B\nTcpExt: 1 2\n'), undefined);
  t.equal(parseMd5Counters('TcpExt: TCPMD5NotFound TCPMD5Unexpected TCPMD5Failure\n'), undefined);
  t.end();
});
