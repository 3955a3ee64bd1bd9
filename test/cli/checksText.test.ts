import t from 'tap';
import { checksText } from '../../src/cli/checksText.ts';
import { plainPaint } from '../../src/control/paint.ts';
import { checksView } from '../../src/control/statusView.ts';
import { FakeDaemon, NOW } from '../support/fakeDaemon.ts';

const look = { now: NOW, width: 80, paint: plainPaint };

t.test('`show checks` says what each found, and who depends on it', (t) => {
  t.equal(
    checksText(checksView(new FakeDaemon()), look).join('\n'),
    `CHECK  KIND  STATE    FOR    TOOK  FOUND
web    tcp   up       1h 5m  1ms   connected
dns    dns   stale    3s     2.0s  no result within 2s: waiting for the answer
probe  exec  unknown  -      -     not probed yet

web
  probes      [2001:db8:113::10]:80
  needed by   203.0.113.0/24 and 2001:db8:113::/48
  last probe  passed 2s ago

dns
  probes      example.net A at 203.0.113.53:53
  needed by   203.0.113.0/24
  last probe  failed 12s ago, too long to believe it

probe
  probes      /usr/local/bin/probe …
  needed by   no prefix`,
  );
  t.same(checksText({ checks: [] }, look), ['The file names no check.']);
  t.end();
});
