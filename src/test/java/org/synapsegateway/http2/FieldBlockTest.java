// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.Line;
import org.synapsegateway.http.ReplyHead;

/** What Netty's decoder reads of the blocks that are written. */
class FieldBlockTest {
  private static final Line STRICT = new Line("Strict-Transport-Security", "max-age=1");

  private static List<String> read(FieldBlock block) throws Http2Exception {
    ByteBuf bytes = Unpooled.buffer();
    BlockWriter writer = new BlockWriter();
    writer.begin(bytes);
    block.write(writer);
    List<String> fields = new ArrayList<>();
    new DefaultHttp2HeadersDecoder(true)
        .decodeHeaders(1, bytes)
        .forEach(field -> fields.add(field.getKey() + "=" + field.getValue()));
    return fields;
  }

  private static ReplyHead reply(int status, String lines) throws HttpException {
    return ReplyHead.of("HTTP/1.1 " + status + " Words\r\n" + lines + "\r\n", "GET");
  }

  @Test
  void fieldsComeInLowerCaseAndThoseOfTheConnectionDoNot() throws Exception {
    ReplyHead head =
        reply(
            200,
            "Content-Type: a/b\r\nX-Own: C d \r\nConnection: x-mine\r\nX-Mine: 1\r\n"
                + "Transfer-Encoding: chunked\r\nKeep-Alive: 5\r\nX-Empty:\r\n");

    assertThat(read(new ReplyBlock(head, null, null)))
        .containsExactly(":status=200", "content-type=a/b", "x-own=C d", "x-empty=");
  }

  @Test
  void everyStatusIsToldAndNoLengthWhereThereIsNone() throws Exception {
    for (int status = 100; status < 600; status++) {
      assertThat(read(new ReplyBlock(reply(status, "Content-Length: 0\r\n"), null, null)))
          .containsExactlyElementsOf(
              status < 200 || status == 204
                  ? List.of(":status=" + status)
                  : List.of(":status=" + status, "content-length=0"));
    }
  }

  @Test
  void aRouteReplacesAddsAndRemovesFields() throws Exception {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("Server", "own");
    fields.put("X-Several", List.of("1", "2"));
    fields.put("Etag", null);
    fields.put("Connection", "close");
    fields.put("X-Split", "a\r\nb: c");
    ReplyHead head = reply(404, "Server: Synapse\r\nEtag: e\r\nVary: v\r\n");

    assertThat(read(new ReplyBlock(head, fields, null)))
        .containsExactly(
            ":status=404", "vary=v", "server=own", "x-several=1", "x-several=2", "x-split=a  b: c");
  }

  @Test
  void theExtraLineComesUnlessSomebodyHasSaidIt() throws Exception {
    assertThat(read(new ReplyBlock(reply(200, ""), null, STRICT)))
        .containsExactly(":status=200", "strict-transport-security=max-age=1");
    assertThat(read(new ReplyBlock(reply(200, "Strict-Transport-Security: x\r\n"), null, STRICT)))
        .containsExactly(":status=200", "strict-transport-security=x");
  }

  @Test
  void namesAndValuesOfEachLengthAreWritten() throws Exception {
    for (int length : new int[] {1, 14, 15, 16, 126, 127, 128, 254, 255, 256, 4_000, 7_000}) {
      String name = "n".repeat(Math.min(length, 300));
      String value = "v".repeat(length);
      assertThat(read(new ReplyBlock(reply(200, name + ": " + value + "\r\n"), null, null)))
          .containsExactly(":status=200", name + "=" + value);
    }
  }

  @Test
  void eachNameOfTheStaticTableIsWrittenAsItself() throws Exception {
    for (String name :
        "accept-charset accept-ranges age cache-control content-length content-type date etag link"
            .concat(" location retry-after server set-cookie strict-transport-security vary via")
            .concat(" www-authenticate access-control-allow-origin last-modified expires")
            .split(" ", -1)) {
      String value = name.equals("content-length") ? "1" : "x";
      assertThat(read(new ReplyBlock(reply(200, name + ": " + value + "\r\n"), null, null)))
          .containsExactly(":status=200", name + "=" + value);
    }
  }

  @Test
  void trailersAreFields() throws Exception {
    assertThat(read(new TrailerBlock("X-Sum: 1\r\netag:\t\"a\" \r\nx-empty:\r\n")))
        .containsExactly("x-sum=1", "etag=\"a\"", "x-empty=");
  }
}
