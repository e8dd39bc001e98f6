import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** nginx as a reverse proxy for streams: one worker, kept-alive connections to the upstream, no buffering of answers. */
export function nginx({ port, upstream, work }) {
  const folder = path.join(work, 'nginx')
  const file = path.join(folder, 'nginx.conf')
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, config({ port, upstream: new URL(upstream).host }))
  const installed = spawnSync('nginx', ['-v']).error === undefined
  return {
    name: 'nginx',
    port,
    command: ['nginx', '-c', file, '-p', folder],
    ...(!installed && { missing: 'nginx is not installed (on Debian: apt-get install nginx-light)' }),
  }
}

const config = ({ port, upstream }) => `
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr crit;
events { worker_connections 8192; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  keepalive_timeout 75s;
  keepalive_requests 10000000;
  client_max_body_size 64m;
  client_body_buffer_size 4m;
  upstream vendor {
    server ${upstream};
    keepalive 1024;
    keepalive_requests 10000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    tcp_nodelay on;
    location / {
      proxy_pass http://vendor;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Authorization "Bearer sk-upstream";
      proxy_buffering off;
      proxy_read_timeout 600s;
    }
  }
}
`
