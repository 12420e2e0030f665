// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.synapsegateway.wire.MalformedException;
import org.synapsegateway.wire.RawField;
import org.synapsegateway.wire.RawHead;

/**
 * One message read by another, plainer parser, which takes nothing that RFC 9112 does not allow a
 * sender, so that two can agree on where it ends.
 *
 * @param trailers the trailer lines, each with its CRLF
 * @param end where the message ends in the text
 */
record SecondOpinion(RawHead head, String body, String trailers, int end) {
  private static final String END = "\r\n\r\n";
  private static final Pattern SIZE = Pattern.compile("([0-9A-Fa-f]+)[ \t]*(?:;[^\r\n]*)?");

  /** Reads the request that begins at an index, behind empty lines if there are any. */
  static SecondOpinion ofRequest(String text, int from) throws MalformedException {
    return new Parser(text, from).request();
  }

  /** Reads the reply to a request with this method that begins at an index. */
  static SecondOpinion ofReply(String text, int from, String method) throws MalformedException {
    return new Parser(text, from).reply(method);
  }

  private static final class Parser {
    private final String text;
    private int at;
    private final StringBuilder body = new StringBuilder();
    private final List<String> trailers = new ArrayList<>();

    Parser(String text, int from) {
      this.text = text;
      this.at = from;
    }

    SecondOpinion request() throws MalformedException {
      RawHead head = head();
      if (isChunked(head)) {
        chunks();
      } else {
        exactly(head.value("Content-Length"));
      }
      return done(head);
    }

    SecondOpinion reply(String method) throws MalformedException {
      RawHead head = head();
      int status = head.status();
      if (method.equals("HEAD") || status < 200 || status == 204 || status == 304) {
        return done(head);
      }
      if (isChunked(head)) {
        chunks();
      } else if (head.value("Content-Length") == null) {
        take(text.length() - at);
      } else {
        exactly(head.value("Content-Length"));
      }
      return done(head);
    }

    private SecondOpinion done(RawHead head) {
      return new SecondOpinion(head, body.toString(), String.join("", trailers), at);
    }

    private RawHead head() throws MalformedException {
      while (text.startsWith("\r\n", at)) {
        at += 2;
      }
      int end = text.indexOf(END, at);
      if (end < 0) {
        throw new IllegalArgumentException("no end of the head");
      }
      RawHead head = RawHead.of(text.substring(at, end + END.length()));
      at = end + END.length();
      return head;
    }

    private static boolean isChunked(RawHead head) throws MalformedException {
      String coding = head.value("Transfer-Encoding");
      if (coding == null) {
        return false;
      }
      if (!coding.equalsIgnoreCase("chunked") || head.value("Content-Length") != null) {
        throw new IllegalArgumentException("framing in doubt");
      }
      return true;
    }

    private void exactly(String length) {
      if (length != null) {
        if (!length.matches("[0-9]+")) {
          throw new IllegalArgumentException("Content-Length " + length);
        }
        take(Integer.parseInt(length));
      }
    }

    private void take(int length) {
      body.append(text, at, at + length);
      at += length;
    }

    private void chunks() throws MalformedException {
      for (int size = size(); size > 0; size = size()) {
        take(size);
        if (!line().isEmpty()) {
          throw new IllegalArgumentException("a chunk is longer than it says");
        }
      }
      for (String line = line(); !line.isEmpty(); line = line()) {
        RawHead.of("x\r\n" + line + END); // a field line, or it throws
        trailers.add(line + "\r\n");
      }
    }

    private int size() {
      Matcher matcher = SIZE.matcher(line());
      if (!matcher.matches()) {
        throw new IllegalArgumentException("no chunk size");
      }
      return Integer.parseInt(matcher.group(1), 16);
    }

    private String line() {
      int end = text.indexOf("\r\n", at);
      String line = text.substring(at, end);
      at = end + 2;
      return line;
    }
  }

  /** The only value of a field that must be there. */
  String only(String name) {
    List<String> values = head.values(name);
    if (values.size() != 1) {
      throw new AssertionError(name + ": " + values);
    }
    return values.get(0);
  }

  /** Whether a field is there. */
  boolean has(String name) {
    return head.fields().stream().map(RawField::name).anyMatch(name::equalsIgnoreCase);
  }
}
