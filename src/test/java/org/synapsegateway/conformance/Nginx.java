// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import java.io.IOException;
import java.util.List;

/** nginx from its package, with the same routes, limits and trust as the gateway's defaults. */
final class Nginx extends ProxyProcess {
  private static final String CONFIGURATION =
      """
      daemon off;
      user root;
      worker_processes 1;
      error_log DIR/error.log crit;
      pid DIR/nginx.pid;
      events { worker_connections 4096; }
      http {
        access_log off;
        client_body_temp_path DIR/body;
        proxy_temp_path DIR/proxy;
        fastcgi_temp_path DIR/fastcgi;
        uwsgi_temp_path DIR/uwsgi;
        scgi_temp_path DIR/scgi;

        large_client_header_buffers 5 16k;
        client_max_body_size 1g;
        underscores_in_headers on;
        proxy_buffer_size 64k;
        proxy_buffers 8 64k;
        proxy_busy_buffers_size 128k;

        set_real_ip_from 127.0.0.0/8;
        set_real_ip_from ::1;
        real_ip_header X-Forwarded-For;
        real_ip_recursive on;

        map $http_x_forwarded_for $unsaid { default ''; '' $scheme; }
        map $http_x_forwarded_proto $proto { default http; https https; '' $unsaid; }
        map $arg_since $sync { default normal_sync; '' initial_sync; }
        map $http_authorization $mxid_localpart { default $http_authorization; '~^Bearer syt_(?<localpart>[^_]+)_' $localpart; }

        upstream normal_sync {
          hash $mxid_localpart consistent;
          server unix:DIR/inbound_normal_sync1.sock max_fails=0;
          server unix:DIR/inbound_normal_sync2.sock max_fails=0;
          server unix:DIR/inbound_normal_sync3.sock max_fails=0;
          keepalive 10;
        }
        upstream initial_sync {
          hash $mxid_localpart consistent;
          server unix:DIR/inbound_initial_sync1.sock max_fails=0;
          server unix:DIR/inbound_initial_sync2.sock max_fails=0;
          keepalive 10;
        }
        upstream main {
          server unix:DIR/inbound_main.sock max_fails=0;
          keepalive 10;
        }

        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Proto $proto;

        server {
          listen 127.0.0.1:PORT;
          listen 127.0.0.1:TLS ssl http2;
          ssl_certificate DIR/certificate/fullchain.pem;
          ssl_certificate_key DIR/certificate/privkey.pem;
          location ~ ^(/_matrix/client/(r0|v3)/sync|/_matrix/client/(api/v1|r0|v3)/events|/_matrix/client/(api/v1|r0|v3)/initialSync|/_matrix/client/(api/v1|r0|v3)/rooms/[^/]+/initialSync)$ {
            proxy_pass http://$sync;
          }
          location /_synapse/client { proxy_pass http://main; }
          location /_synapse {
            allow 127.0.0.0/8; allow ::1; allow 10.0.0.0/8; allow 172.16.0.0/12; allow 192.168.0.0/16; allow fc00::/7;
            deny all;
            proxy_pass http://main;
          }
          location / { proxy_pass http://main; }
        }
      }
      """;

  Nginx() throws IOException {
    certificate();
    String configuration =
        CONFIGURATION
            .replace("DIR", directory().toString())
            .replace("PORT", String.valueOf(port()))
            .replace("TLS", String.valueOf(tlsPort()));
    String file = write("nginx.conf", configuration).toString();
    start(
        directory(),
        List.of(
            "nginx", "-p", directory().toString(), "-c", file, "-e", directory() + "/error.log"));
  }

  @Override
  public String name() {
    return "nginx";
  }

  @Override
  public boolean isExact() {
    return false;
  }
}
