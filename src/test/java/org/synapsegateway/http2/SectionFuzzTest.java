// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.synapsegateway.conformance.Seeds;
import org.synapsegateway.fuzz.Choices;
import org.synapsegateway.fuzz.Fuzz;
import org.synapsegateway.fuzz.Mutation;
import org.synapsegateway.http.HeadLimits;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;

/**
 * Field sections that nobody has thought of: {@link SectionRules} and Netty's own decoder have a
 * say in which of them are malformed.
 */
class SectionFuzzTest {
  private static final HeadLimits LIMITS = new HeadLimits(16 * 1024, 64 * 1024);
  private static final int LARGE = 256 * 1024;

  /**
   * The rules that Netty's decoder leaves to who uses it; of 3, it knows white space before a
   * value, and of 18, it takes {@code :protocol}, which nobody has offered here.
   */
  private static final Set<Integer> NOT_NETTYS =
      Set.of(2, 3, 12, 13, 14, 15, 18, 22, 23, 24, 25, 26, 27, 28, 30, 31, 32, 33);

  private static final String[] NAMES = {
    "x",
    "host",
    "cookie",
    "content-length",
    "te",
    "transfer-encoding",
    "connection",
    "upgrade",
    "keep-alive",
    "proxy-connection",
    "expect",
    "x-forwarded-for",
    "X",
    "Host",
    "",
    "a b",
    "a:b",
    ":method",
    ":scheme",
    ":path",
    ":authority",
    ":status",
    ":protocol",
    ":x",
    "x\r\ny",
    "a\0",
    "(",
  };

  private static final String[] VALUES = {
    "",
    "a",
    "a.example",
    "A.example",
    "evil",
    "u@a.example",
    "a.example:80",
    "[::1]:1",
    "a:99999",
    "0",
    "5",
    "+5",
    "5, 5",
    "trailers",
    "chunked",
    "close",
    "GET",
    "POST",
    "OPTIONS",
    "CONNECT",
    "TRACE",
    "G T",
    "https",
    "http",
    "ftp",
    "/",
    "/x?y",
    "*",
    "x",
    "/#",
    "//",
    "/\u00e9",
    " a",
    "a\t",
    "a\r\nb: c",
    "a\nb",
    "\0",
    "\177",
    "\1",
    "caf\u00e9",
  };

  private final RequestSection section = new RequestSection();

  /** A request, to which some things have been done. */
  private static List<String[]> fields(Choices in) {
    List<String[]> fields = new ArrayList<>();
    fields.add(new String[] {":method", "GET"});
    fields.add(new String[] {":scheme", "https"});
    fields.add(new String[] {":path", "/x"});
    fields.add(new String[] {":authority", "a.example"});
    for (int changes = in.below(4); changes > 0; changes--) {
      change(fields, in);
    }
    return fields;
  }

  private static void change(List<String[]> fields, Choices in) {
    int at = in.below(fields.size() + 1);
    boolean there = at < fields.size();
    switch (in.below(6)) {
      case 0 -> fields.add(at, new String[] {in.of(NAMES), in.of(VALUES)});
      case 1 -> fields.add(new String[] {in.of(NAMES), in.of(VALUES)});
      case 2 -> {
        if (there) {
          fields.set(at, new String[] {fields.get(at)[0], in.of(VALUES)});
        }
      }
      case 3 -> {
        if (there) {
          fields.remove(at);
        }
      }
      case 4 -> {
        if (there) {
          fields.add(in.below(fields.size() + 1), fields.get(at));
        }
      }
      default -> {
        if (there) {
          String[] old = fields.get(at);
          int which = in.below(2);
          String text = old[which];
          int where = in.below(text.length() + 1);
          String changed = text.substring(0, where) + (char) in.below(256) + text.substring(where);
          fields.set(
              at, which == 0 ? new String[] {changed, old[1]} : new String[] {old[0], changed});
        }
      }
    }
  }

  private static ByteBuf block(List<String[]> fields) {
    HpackBlock block = new HpackBlock();
    for (String[] field : fields) {
      block.field(field[0], field[1]);
    }
    return block.bytes();
  }

  private RequestHead read(SectionDecoder decoder, ByteBuf block, boolean ends)
      throws HttpException, Http2Exception {
    RequestHead head = new RequestHead();
    section.begin(head, LIMITS);
    decoder.decodeHeaders(1, block);
    section.end(ends);
    return head;
  }

  private static boolean nettyTakes(ByteBuf block) {
    try {
      new DefaultHttp2HeadersDecoder(true, true, LARGE).decodeHeaders(1, block);
      return true;
    } catch (Http2Exception e) {
      return false;
    }
  }

  @Test
  void aSectionIsRefusedByTheRulesAndByNothingElse() {
    Fuzz.check(
        40_000,
        in -> {
          List<String[]> fields = fields(in);
          boolean ends = in.oneIn(2);
          Set<Integer> broken = SectionRules.brokenBy(fields, ends);
          RequestHead head = null;
          try {
            SectionDecoder decoder = new SectionDecoder(LARGE, stream -> section);
            head = read(decoder, block(fields), ends);
          } catch (HttpException e) {
            assertThat(broken).as(e.getMessage()).isNotEmpty();
          }
          if (head != null) {
            assertThat(broken).isEmpty();
            assertThat(lines(head)).containsExactlyElementsOf(expected(fields, ends));
          }
          Set<Integer> nettys = new TreeSet<>(broken);
          nettys.removeAll(NOT_NETTYS);
          if (nettyTakes(block(fields))) {
            assertThat(nettys).as("rules that Netty knows").isEmpty();
          } else {
            assertThat(broken).as("why Netty refuses it").isNotEmpty();
          }
        });
  }

  private static List<String> lines(RequestHead head) {
    String text = new String(head.bytes(), 0, head.length(), StandardCharsets.ISO_8859_1);
    return List.of(text.split("\r\n", -1));
  }

  /** The head that a worker is to get of a request that is not malformed. */
  private static List<String> expected(List<String[]> fields, boolean ends) {
    List<String> lines = new ArrayList<>();
    List<String> crumbs = new ArrayList<>();
    String method = "";
    String path = "";
    String authority = null;
    boolean length = false;
    for (String[] field : fields) {
      length |= field[0].equals("content-length");
      switch (field[0]) {
        case ":method" -> method = field[1];
        case ":path" -> path = field[1];
        case ":authority" -> authority = field[1];
        case ":scheme" -> {}
        case "cookie" -> crumbs.add(field[1]);
        case "host" -> {
          if (authority == null) {
            lines.add("host: " + field[1]);
          }
        }
        default -> lines.add(field[0] + ": " + field[1]);
      }
    }
    if (authority != null) {
      lines.add(0, "host: " + authority);
    }
    lines.add(0, method + " " + path + " HTTP/1.1");
    if (!crumbs.isEmpty()) {
      lines.add("cookie: " + String.join("; ", crumbs));
    }
    if (!ends && !length) {
      lines.add("transfer-encoding: chunked");
    }
    lines.add("");
    lines.add("");
    return lines;
  }

  // ---- blocks that are none

  /** The blocks of the conformance cases, changed, with what makes tables change. */
  private static final Mutation BLOCKS =
      new Mutation(
          Seeds.ofHttp2Clients().stream().map(SectionFuzzTest::block).toList(),
          List.of("\u0082", "\u00be", "@", "?\u00e1\u001f", "\177", "\u00ff", " "));

  /** What is behind the header of the first frame. */
  private static String block(String frames) {
    return frames.substring(Math.min(9, frames.length()));
  }

  @Test
  void blocksAreReadAsNettyReadsThem() {
    Fuzz.check(
        10_000,
        in -> {
          List<String> ours = new ArrayList<>();
          Section collecting = collecting(ours);
          SectionDecoder decoder = new SectionDecoder(LARGE, stream -> collecting);
          DefaultHttp2HeadersDecoder nettys = new DefaultHttp2HeadersDecoder(false, LARGE);
          List<String> others = new ArrayList<>();
          boolean broken = false;
          for (int blocks = 1 + in.below(3); blocks > 0 && !broken; blocks--) {
            byte[] block = in.text(BLOCKS::make).getBytes(StandardCharsets.ISO_8859_1);
            broken = !takes(decoder, Unpooled.wrappedBuffer(block), null);
            assertThat(takes(nettys, Unpooled.wrappedBuffer(block), others)).isEqualTo(!broken);
            if (!broken) {
              assertThat(ours).containsExactlyInAnyOrderElementsOf(others);
            }
          }
        });
  }

  private static Section collecting(List<String> fields) {
    return new Section() {
      @Override
      public void field(AsciiString name, AsciiString value) {
        fields.add(name + "=" + value);
      }

      @Override
      public void isTooLarge() {
        throw new AssertionError("no block is");
      }
    };
  }

  private static boolean takes(
      DefaultHttp2HeadersDecoder decoder, ByteBuf block, List<String> fields) {
    try {
      var headers = decoder.decodeHeaders(1, block);
      if (fields != null) {
        headers.forEach(field -> fields.add(field.getKey() + "=" + field.getValue()));
      }
      return true;
    } catch (Http2Exception e) {
      return false;
    }
  }
}
