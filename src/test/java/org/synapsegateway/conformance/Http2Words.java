// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http2.Http2Error;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.synapsegateway.conformance.Case.Action;
import org.synapsegateway.http2.FrameClient;
import org.synapsegateway.http2.HpackBlock;

/**
 * The words of a case that are about an HTTP/2 client. Each is about the stream that was opened
 * last, unless it begins with another one's number, as in {@code @3}.
 */
final class Http2Words {
  private static final String AT = "@";
  private static final int PADDED = 8;

  private static final List<String> TYPES =
      List.of(
          "DATA",
          "HEADERS",
          "PRIORITY",
          "RST_STREAM",
          "SETTINGS",
          "PUSH_PROMISE",
          "PING",
          "GOAWAY",
          "WINDOW_UPDATE",
          "CONTINUATION",
          "UNKNOWN");

  private int stream = -1;
  private int last = -1;
  private String clientBytes = "";

  /** All frames that the words send. */
  String clientBytes() {
    return clientBytes;
  }

  Action action(String word, String argument) {
    List<String> words = new ArrayList<>(List.of(argument.split(" +", -1)));
    words.removeIf(String::isEmpty);
    boolean elsewhere = !words.isEmpty() && words.get(0).matches(AT + "[0-9]+");
    int named = elsewhere ? Integer.parseInt(words.remove(0).substring(1)) : -1;
    if (List.of(">get", ">post", ">head").contains(word)) {
      stream = elsewhere ? named : Math.max(last + 2, 1);
      last = Math.max(last, stream);
    }
    return action(word, words, elsewhere ? named : stream);
  }

  private Action action(String word, List<String> words, int id) {
    return switch (word) {
      case ">get" -> headers(id, true, request("GET", words));
      case ">post" -> headers(id, false, request("POST", words));
      case ">head", ">more" -> headers(id, isEnd(words), fields(words));
      case ">data" -> {
        int flags = isEnd(words) ? FrameClient.END_STREAM : 0;
        yield frame(FrameClient.DATA, flags, id, bytes(String.join(" ", words)));
      }
      case ">padded" -> {
        int flags = PADDED | (isEnd(words) ? FrameClient.END_STREAM : 0);
        byte[] text = bytes("\\x03" + String.join(" ", words) + "\\x00\\x00\\x00");
        yield frame(FrameClient.DATA, flags, id, text);
      }
      case ">rst" -> {
        byte code = (byte) Http2Error.valueOf(words.get(0)).code();
        yield frame(FrameClient.RST_STREAM, 0, id, new byte[] {0, 0, 0, code});
      }
      case ">frame" -> {
        String[] parts = String.join(" ", words).split("/", 3);
        yield frame(TYPES.indexOf(parts[0]), Integer.decode(parts[1]), id, bytes(parts[2]));
      }
      case "<refused" -> scene -> scene.http2().expectRefusal(id);
      case "<rst" -> code(words, (client, code) -> client.expectReset(id, code));
      case "<cut" -> code(words, (client, code) -> client.expectCut(id, code));
      case "<goaway" -> code(words, Http2Client::expectGoAway);
      case "<reply" -> list(words, (client, fields) -> client.expectReply(id, fields));
      case "<interim" -> list(words, (client, fields) -> client.expectInterim(id, fields));
      case "<trailer" -> list(words, (client, fields) -> client.expectTrailers(id, fields));
      case "<no" -> scene -> scene.http2().expectNoField(id, words.get(0));
      case "<body" -> {
        String content = Escapes.decode(String.join(" ", words));
        yield scene -> scene.http2().expectBody(id, content);
      }
      case "<nothing" -> scene -> scene.http2().expectNothing(id);
      default -> throw new IllegalArgumentException("unknown word \"" + word + "\"");
    };
  }

  private static boolean isEnd(List<String> words) {
    return switch (words.remove(0)) {
      case "end" -> true;
      case "open" -> false;
      default -> throw new IllegalArgumentException("\"end\" or \"open\" is missing");
    };
  }

  // ---- what is sent

  /**
   * The fields of a request: a word of a pseudo-header field replaces the usual one, and {@code
   * -:name} takes it away.
   */
  private static String[] request(String method, List<String> words) {
    List<String> all =
        new ArrayList<>(
            List.of(":method=" + method, ":scheme=https", ":path=/x", ":authority=a.example"));
    for (String word : words) {
      boolean removes = word.startsWith("-:");
      String name = word.substring(removes ? 1 : 0, removes ? word.length() : word.indexOf('='));
      int at = 0;
      while (at < 4 && (at >= all.size() || !all.get(at).startsWith(name + "="))) {
        at++;
      }
      if (removes) {
        all.remove(at);
      } else if (at < 4 && name.startsWith(":")) {
        all.set(at, word);
      } else {
        all.add(word);
      }
    }
    return fields(all);
  }

  /** Each {@code name=value}; {@code 9*name=value} nine times. */
  private static String[] fields(List<String> words) {
    return words.stream().flatMap(Http2Words::repeated).map(Escapes::decode).toArray(String[]::new);
  }

  private static Stream<String> repeated(String word) {
    int star = word.matches("[0-9]+\\*.*") ? word.indexOf('*') : -1;
    int times = star < 0 ? 1 : Integer.parseInt(word.substring(0, star));
    return Collections.nCopies(times, word.substring(star + 1)).stream();
  }

  private Action headers(int id, boolean end, String... fields) {
    byte[] block = ByteBufUtil.getBytes(new HpackBlock().fields(fields).bytes());
    int flags = FrameClient.END_HEADERS | (end ? FrameClient.END_STREAM : 0);
    return frame(FrameClient.HEADERS, flags, id, block);
  }

  private static byte[] bytes(String escaped) {
    return Escapes.decode(escaped).getBytes(StandardCharsets.ISO_8859_1);
  }

  private Action frame(int type, int flags, int id, byte[] payload) {
    byte[] frame = FrameClient.bytes(type, flags, id, payload);
    clientBytes += new String(frame, StandardCharsets.ISO_8859_1);
    return scene -> scene.http2().send(frame, id);
  }

  // ---- what is expected

  private static Action code(List<String> words, BiConsumer<Http2Client, String> check) {
    String code = Http2Error.valueOf(words.get(0)).name();
    return scene -> check.accept(scene.http2(), code);
  }

  private static Action list(List<String> words, BiConsumer<Http2Client, List<String>> check) {
    List<String> fields = List.of(fields(words));
    return scene -> check.accept(scene.http2(), fields);
  }
}
