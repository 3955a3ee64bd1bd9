import t from 'tap';

t.ok(true);
await new Promise(() => {});
