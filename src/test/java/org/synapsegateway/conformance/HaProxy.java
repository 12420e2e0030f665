// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** HAProxy from its package, with the same routes, limits and trust as the gateway's defaults. */
final class HaProxy extends ProxyProcess {
  private static final String CONFIGURATION =
      """
      global
        nbthread 1
        maxconn 2000
        tune.bufsize 98304
        tune.maxrewrite 8192
        tune.http.maxhdr 1000
      defaults
        mode http
        timeout client 60s
        timeout server 60s
        timeout connect 5s
        timeout http-request 60s
        timeout http-keep-alive 75s
        retries 3
        option redispatch 1
        option abortonclose
        http-reuse safe
      frontend gateway
        bind 127.0.0.1:PORT
        bind 127.0.0.1:TLS ssl crt DIR/joined.pem alpn h2,http/1.1
        http-request set-src req.hdr_ip(x-forwarded-for,-1) if { src 127.0.0.0/8 ::1 } { req.hdr_cnt(x-forwarded-for) ge 1 }
        http-request set-src req.hdr_ip(x-forwarded-for,-2) if { src 127.0.0.0/8 ::1 } { req.hdr_cnt(x-forwarded-for) ge 2 }
        http-request set-src req.hdr_ip(x-forwarded-for,-3) if { src 127.0.0.0/8 ::1 } { req.hdr_cnt(x-forwarded-for) ge 3 }
        acl https req.hdr(x-forwarded-proto) -i https
        acl said req.hdr_cnt(x-forwarded-proto) ge 1
        acl named req.hdr_cnt(x-forwarded-for) ge 1
        http-request set-header X-Forwarded-Proto https if https or !said !named { ssl_fc }
        http-request set-header X-Forwarded-Proto http if !https said or !https !named !{ ssl_fc }
        http-request set-header X-Forwarded-For %[src]
        acl private src 127.0.0.0/8 ::1 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7
        acl synapse path,url_dec -m beg /_synapse
        acl open path,url_dec -m beg /_synapse/client
        http-request deny deny_status 403 if synapse !open !private
        acl sync path_reg ^(/_matrix/client/(r0|v3)/sync|/_matrix/client/(api/v1|r0|v3)/events|/_matrix/client/(api/v1|r0|v3)/initialSync|/_matrix/client/(api/v1|r0|v3)/rooms/[^/]+/initialSync)$
        acl since urlp(since) -m len gt 0
        use_backend normal_sync if sync since
        use_backend initial_sync if sync
        default_backend main
      backend normal_sync
        balance hdr(Authorization)
        hash-type consistent
        server s1 unix@DIR/inbound_normal_sync1.sock
        server s2 unix@DIR/inbound_normal_sync2.sock
        server s3 unix@DIR/inbound_normal_sync3.sock
      backend initial_sync
        balance hdr(Authorization)
        hash-type consistent
        server s1 unix@DIR/inbound_initial_sync1.sock
        server s2 unix@DIR/inbound_initial_sync2.sock
      backend main
        server s1 unix@DIR/inbound_main.sock
      """;

  HaProxy() throws IOException {
    Path certificate = certificate();
    write(
        "joined.pem",
        Files.readString(certificate.resolve("fullchain.pem"))
            + Files.readString(certificate.resolve("privkey.pem")));
    String configuration =
        CONFIGURATION
            .replace("DIR", directory().toString())
            .replace("PORT", String.valueOf(port()))
            .replace("TLS", String.valueOf(tlsPort()));
    start(
        directory(),
        List.of("haproxy", "-db", "-f", write("haproxy.cfg", configuration).toString()));
  }

  @Override
  public String name() {
    return "HAProxy";
  }

  @Override
  public boolean isExact() {
    return false;
  }
}
