// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The rules of a request's fields (RFC 9113 section 8) once more, written as they are said: which
 * ones a list of fields breaks. The numbers are those of the cases of the conformance suite.
 */
final class SectionRules {
  private static final List<String> PSEUDO = List.of(":method", ":scheme", ":path", ":authority");
  private static final Set<String> OF_CONNECTIONS =
      Set.of("connection", "proxy-connection", "keep-alive", "upgrade");

  private static final Pattern TOKEN = Pattern.compile("[-!#$%&'*+.^_`|~0-9A-Za-z]+");
  private static final Pattern HOST =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[-._~%!$&'()*+,;=0-9A-Za-z]*)(:([0-9]*))?");

  private final List<String[]> fields;
  private final boolean ends;
  private final Set<Integer> broken = new TreeSet<>();

  private SectionRules(List<String[]> fields, boolean ends) {
    this.fields = fields;
    this.ends = ends;
  }

  /**
   * The rules that a list breaks; none if it is a request that may go on to a worker.
   *
   * @param fields names and values
   * @param ends whether nothing of the request follows
   */
  static Set<Integer> brokenBy(List<String[]> fields, boolean ends) {
    SectionRules rules = new SectionRules(fields, ends);
    rules.check();
    return rules.broken;
  }

  /** Notes a rule as broken if something is so. */
  private void rule(int number, boolean isBroken) {
    if (isBroken) {
      broken.add(number);
    }
  }

  private void check() {
    boolean begun = false;
    for (String[] field : fields) {
      boolean pseudo = field[0].startsWith(":");
      rule(17, pseudo && begun);
      rule(18, pseudo && !PSEUDO.contains(field[0]));
      begun |= !pseudo;
      if (!pseudo) {
        checkName(field[0]);
        checkField(field[0], field[1]);
      }
    }
    for (String name : PSEUDO) {
      rule(16, values(name).size() > 1);
    }
    checkLength();
    checkTarget();
    checkHost();
  }

  private void checkName(String name) {
    rule(4, name.matches("(?s).*[A-Z].*"));
    rule(5, name.matches("(?s).*[\\x00-\\x20\\x7f-\\xff].*"));
    rule(6, name.contains(":"));
    rule(
        7, !name.isEmpty() && !name.matches("(?s).*[\\x00-\\x20:\\x7f-\\xff].*") && !isToken(name));
    rule(8, name.isEmpty());
  }

  private void checkField(String name, String value) {
    rule(1, value.matches("(?s).*[\\x00\\r\\n].*"));
    rule(2, value.matches("(?s).*[\\x01-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f].*"));
    rule(3, value.matches("(?s)[ \\t].*|.*[ \\t]"));
    rule(9, name.equals("transfer-encoding"));
    rule(10, OF_CONNECTIONS.contains(name));
    rule(11, name.equals("te") && !value.equalsIgnoreCase("trailers"));
  }

  private static boolean isToken(String text) {
    return TOKEN.matcher(text).matches();
  }

  private List<String> values(String name) {
    List<String> values = new ArrayList<>();
    for (String[] field : fields) {
      if (field[0].equals(name)) {
        values.add(field[1]);
      }
    }
    return values;
  }

  private String value(String name) {
    List<String> values = values(name);
    return values.isEmpty() ? null : values.get(0);
  }

  private void checkLength() {
    List<String> lengths = values("content-length");
    boolean valid = lengths.stream().allMatch(length -> length.matches("[0-9]{1,18}"));
    rule(13, lengths.size() > 1 || !valid);
    rule(12, ends && valid && lengths.stream().anyMatch(length -> Long.parseLong(length) > 0));
  }

  private void checkTarget() {
    String method = value(":method");
    String scheme = value(":scheme");
    String path = value(":path");
    rule(14, method == null || scheme == null || path == null);
    rule(22, method != null && !isToken(method));
    rule(23, "CONNECT".equals(method) || "TRACE".equals(method));
    rule(33, scheme != null && !scheme.matches("(?i)https?"));
    if (path != null) {
      rule(15, path.isEmpty());
      rule(24, path.matches("(?s).*[\\x00-\\x20\\x7f-\\xff].*"));
      rule(25, path.contains("#"));
      rule(26, !path.isEmpty() && !path.startsWith("/") && !path.equals("*"));
      rule(27, path.equals("*") && !"OPTIONS".equals(method));
    }
  }

  private void checkHost() {
    String authority = value(":authority");
    String host = value("host");
    rule(28, authority == null && host == null);
    rule(30, authority != null && host != null && !authority.equalsIgnoreCase(host));
    rule(31, values("host").size() > 1);
    rule(32, authority != null && !isHost(authority) || host != null && !isHost(host));
  }

  private static boolean isHost(String text) {
    var parts = HOST.matcher(text);
    if (text.isEmpty() || !parts.matches()) {
      return false;
    }
    String port = parts.group(3);
    return port == null || port.isEmpty() || port.length() < 10 && Integer.parseInt(port) <= 65_535;
  }
}
