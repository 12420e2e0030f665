// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fuzz;

import java.util.List;
import org.synapsegateway.conformance.Seeds;

/** Requests and replies of whatever quality, made of those of the conformance suite. */
public final class HttpBytes {
  private static final List<String> TOKENS =
      List.of(
          "\r",
          "\n",
          "\r\n",
          "\r\n\r\n",
          "\0",
          " ",
          "\t",
          ":",
          ",",
          ";",
          "\"",
          "\\",
          "#",
          "%00",
          "\177",
          "\200",
          "\377",
          "0",
          "0\r\n\r\n",
          "1\r\na\r\n",
          "f",
          "fffffffffffffff",
          "FFFFFFFFFFFFFFFF",
          "7fffffff",
          "80000000",
          "100000000",
          "99999999999999999999",
          "9223372036854775807",
          ";a=\"b\\\"\"",
          "HTTP/1.1",
          "HTTP/1.0",
          "HTTP/2.0",
          "HTTP/1.1 100 Continue\r\n\r\n",
          "HTTP/1.1 204 No Content\r\n",
          "HTTP/1.1 304 Not Modified\r\n",
          "HTTP/1.1 200 OK\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
          "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
          "OPTIONS * HTTP/1.1\r\n",
          "http://a.example:80",
          "https://[::1]",
          "Host: a\r\n",
          "Content-Length: 5\r\n",
          "Content-Length: 0\r\n",
          "Content-Length: 4294967296\r\n",
          "Content-Length: 999999999999999999\r\n",
          "Transfer-Encoding: chunked\r\n",
          "Transfer-Encoding: gzip, chunked\r\n",
          "Transfer-Encoding:\r\n",
          "Connection: close\r\n",
          "Connection: keep-alive\r\n",
          "Connection: Host, Content-Length, X-Forwarded-For, a\r\n",
          "Connection: Transfer-Encoding\r\n",
          "Connection: ,\t, a ,\r\n",
          "Proxy-Connection: close\r\n",
          "Upgrade: websocket\r\n",
          "TE: trailers\r\n",
          "Trailer: a\r\n",
          "Expect: 100-continue\r\n",
          "X-Forwarded-For: 1.2.3.4, 10.0.0.1\r\n",
          "X-Forwarded-Proto: https\r\n",
          "Authorization: Bearer syt_YWxpY2U_a_1\r\n",
          "A: b\r\n",
          " folded\r\n",
          "a :b\r\n",
          "?since=s1&timeout=30000",
          "/../",
          "%2F");

  /** What clients send. */
  public static final Mutation OF_CLIENTS = new Mutation(Seeds.ofClients(), TOKENS);

  /** What workers send. */
  public static final Mutation OF_WORKERS = new Mutation(Seeds.ofWorkers(), TOKENS);

  private HttpBytes() {}
}
