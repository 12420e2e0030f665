// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What it costs to take a request's head in, with all checks, and to write it for a worker. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HeadBenchmark {
  private static final String HEAD =
      "GET /_matrix/client/v3/sync?filter=0&timeout=30000&since=s1_2_3_4_5_6_7_8_9 HTTP/1.1\r\n"
          + "Host: matrix.example.org\r\nUser-Agent: Element/1.11.80 (Linux; X11) Chrome/128\r\n"
          + "Accept: application/json\r\nAccept-Encoding: gzip, deflate, br\r\n"
          + "Accept-Language: en-GB,en;q=0.9\r\nConnection: keep-alive\r\n"
          + "Authorization: Bearer syt_YWxpY2U_abcdefghijklmnopqrst_1a2b3c\r\n"
          + "Origin: https://app.example.org\r\nX-Forwarded-For: 192.0.2.7\r\n"
          + "X-Forwarded-Proto: https\r\n\r\n";

  private final HeadLimits limits = new HeadLimits(16 * 1024, 64 * 1024);
  private final ByteBuf in =
      Unpooled.directBuffer().writeBytes(HEAD.getBytes(StandardCharsets.US_ASCII));
  private final ByteBuf out = Unpooled.directBuffer(2048);
  private final RequestHead head = new RequestHead();
  private final Client client = new Client("192.0.2.7", null, "https");

  @Benchmark
  public boolean read() throws HttpException {
    head.reset();
    in.readerIndex(0);
    return head.read(in, limits);
  }

  @Benchmark
  public int readAndWrite() throws HttpException {
    read();
    out.clear();
    HeadWriter.request(out, head, client, null, null, null);
    return out.readableBytes();
  }
}
