// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one line of the field Forwarded (RFC 7239 section 4).
 *
 * <p>Unquoted values may hold {@code :}, {@code [} and {@code ]} too, as many proxies write them.
 * Confined to one thread.
 */
final class ForwardedField {
  /** The statement of one proxy: who connected to it, and how; null for what is missing. */
  record Element(@Nullable String node, @Nullable String proto) {}

  private final String line;
  private int at;

  private ForwardedField(String line) {
    this.line = line;
  }

  /** The elements of a line, the last proxy's last; null if it is not written as it should be. */
  static @Nullable List<Element> read(String line) {
    ForwardedField field = new ForwardedField(line);
    List<Element> elements = new ArrayList<>();
    do {
      if (!field.element(elements)) {
        return null;
      }
    } while (field.skip(','));
    return field.at == line.length() ? elements : null;
  }

  /** {@code for=192.0.2.60;proto=http}; an empty element is none. */
  private boolean element(List<Element> elements) {
    String node = null;
    String proto = null;
    boolean isEmpty = true;
    do {
      skipBlanks();
      String name = word("");
      if (!name.isEmpty()) {
        isEmpty = false;
        String value = skip('=') ? value() : null;
        boolean isNode = name.equalsIgnoreCase("for");
        boolean isProto = name.equalsIgnoreCase("proto");
        if (value == null || isNode && node != null || isProto && proto != null) {
          return false;
        }
        node = isNode ? value : node;
        proto = isProto ? value : proto;
      }
      skipBlanks();
    } while (skip(';'));
    if (!isEmpty) {
      elements.add(new Element(node, proto));
    }
    return true;
  }

  /** A token or a quoted string; null if it is neither. */
  private @Nullable String value() {
    if (skip('"')) {
      return quoted();
    }
    String word = word(":[]");
    return word.isEmpty() ? null : word;
  }

  /** The rest of a quoted string (RFC 9110 section 5.6.4); null if it has no end. */
  private @Nullable String quoted() {
    StringBuilder text = new StringBuilder();
    while (at < line.length()) {
      char c = line.charAt(at++);
      if (c == '"') {
        return text.toString();
      }
      if (c == '\\') {
        if (at == line.length()) {
          return null;
        }
        c = line.charAt(at++);
      }
      text.append(c);
    }
    return null;
  }

  private String word(String others) {
    int start = at;
    while (at < line.length()
        && (Octets.isToken((byte) line.charAt(at)) || others.indexOf(line.charAt(at)) >= 0)) {
      at++;
    }
    return line.substring(start, at);
  }

  private void skipBlanks() {
    while (at < line.length() && Octets.isBlank((byte) line.charAt(at))) {
      at++;
    }
  }

  private boolean skip(char c) {
    boolean found = at < line.length() && line.charAt(at) == c;
    at += found ? 1 : 0;
    return found;
  }
}
