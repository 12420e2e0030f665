// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.wire;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The head of a message as it was on the wire, read without any leniency.
 *
 * @param text the whole head, from the start line to the empty line
 * @param line the start line without its CRLF
 * @param fields the field lines in their order
 */
public record RawHead(String text, String line, List<RawField> fields) {
  private static final String END = "\r\n\r\n";

  /** Reads a head from the wire. */
  public static RawHead read(Wire wire) throws IOException {
    return of(wire.takeThrough(END));
  }

  /** Reads a head from its text, which ends with the empty line. */
  public static RawHead of(String text) throws MalformedException {
    if (!text.endsWith(END)) {
      throw new MalformedException("no end of the head in \"" + Text.show(text) + "\"");
    }
    String[] lines = text.substring(0, text.length() - END.length()).split("\r\n", -1);
    List<RawField> fields = new ArrayList<>();
    for (int i = 0; i < lines.length; i++) {
      if (lines[i].indexOf('\r') >= 0 || lines[i].indexOf('\n') >= 0) {
        throw new MalformedException("a lone CR or LF in \"" + Text.show(lines[i]) + "\"");
      }
      if (i > 0) {
        fields.add(RawField.of(lines[i]));
      }
    }
    return new RawHead(text, lines[0], List.copyOf(fields));
  }

  /** All values of a field, in their order; names are compared without case. */
  public List<String> values(String name) {
    return fields.stream()
        .filter(f -> f.name().equalsIgnoreCase(name))
        .map(RawField::value)
        .toList();
  }

  /** The value of a field that must be there once or not at all; null if it is not. */
  public String value(String name) throws MalformedException {
    List<String> values = values(name);
    if (values.size() > 1) {
      throw new MalformedException(name + " " + values.size() + " times: " + values);
    }
    return values.isEmpty() ? null : values.get(0);
  }

  /** The method of a request. */
  public String method() {
    return line.substring(0, line.indexOf(' '));
  }

  /** The target of a request, in its bytes. */
  public String target() {
    return line.substring(line.indexOf(' ') + 1, line.lastIndexOf(' '));
  }

  /** The status of a reply. */
  public int status() {
    return Integer.parseInt(line.substring(9, 12));
  }

  /** Checks the start line and the framing of a request that a proxy sends on. */
  void checkRequest() throws MalformedException {
    if (!line.matches("[!#$%&'*+\\-.^_`|~0-9A-Za-z]+ [!-~\u0080-\u00ff]+ HTTP/1\\.[01]")) {
      throw new MalformedException("not a clean request line: \"" + Text.show(line) + "\"");
    }
    if (value("Host") == null && line.endsWith("1.1")) {
      throw new MalformedException("no Host");
    }
  }

  /** Checks the status line of a reply. */
  void checkReply() throws MalformedException {
    if (!line.matches("HTTP/1\\.[01] [1-5][0-9][0-9]( [\t -~\u0080-\u00ff]*)?")) {
      throw new MalformedException("not a status line: \"" + Text.show(line) + "\"");
    }
  }
}
