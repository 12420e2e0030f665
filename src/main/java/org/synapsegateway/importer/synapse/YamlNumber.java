// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.synapse;

import java.util.regex.Pattern;

/** Whole numbers of YAML 1.1: decimal, {@code 0660}, {@code 0x1F}, {@code 0b1}, {@code 1:30}. */
final class YamlNumber {
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(?:0b[01]+|0x[0-9a-fA-F]+|[0-9]+(?::[0-5]?[0-9])*)");

  private YamlNumber() {}

  static boolean is(String digits) {
    return NUMBER.matcher(digits).matches();
  }

  /**
   * The value.
   *
   * @throws ArithmeticException if it is too large
   * @throws NumberFormatException likewise
   */
  static long of(String digits) {
    boolean negative = digits.startsWith("-");
    String plain = digits.replaceFirst("^[-+]", "");
    long value = 0;
    if (plain.startsWith("0b")) {
      value = Long.parseLong(plain.substring(2), 2);
    } else if (plain.startsWith("0x")) {
      value = Long.parseLong(plain.substring(2), 16);
    } else if (plain.matches("0[0-7]+")) {
      value = Long.parseLong(plain, 8);
    } else {
      for (String part : plain.split(":", -1)) { // base 60, if there are several
        value = Math.addExact(Math.multiplyExact(value, 60L), Long.parseLong(part));
      }
    }
    return negative ? -value : value;
  }
}
