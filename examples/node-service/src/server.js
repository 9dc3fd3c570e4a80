const http = require('http');
const { add } = require('./add');

const server = http.createServer((request, response) => {
  const query = new URL(request.url, 'http://localhost').searchParams;
  response.end(`${add(Number(query.get('a')), Number(query.get('b')))}\n`);
});

const check = process.argv.includes('--check');
server.listen(check ? 0 : process.env.PORT, check ? '127.0.0.1' : undefined, () => {
  if (!check) return;
  http.get(`http://127.0.0.1:${server.address().port}/?a=40&b=2`, (answer) => {
    answer.on('data', (data) => console.log(`${process.env.NODE_ENV} as ${process.getuid()}: ${String(data).trim()}`));
    answer.on('end', () => server.close());
  });
});
