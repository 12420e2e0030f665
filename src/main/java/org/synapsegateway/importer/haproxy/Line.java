// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.haproxy;

import java.util.ArrayList;
import java.util.List;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;

/**
 * A line of a haproxy.cfg.
 *
 * @param number from 1
 * @param words without their quotes and escapes; at least one
 * @param hasVariables whether it has environment variables, whose values are not known
 */
record Line(String file, int number, List<String> words, boolean hasVariables) {
  String keyword() {
    return words.get(0);
  }

  /** A word by its number; empty if there are fewer. */
  String word(int index) {
    return index < words.size() ? words.get(index) : "";
  }

  /** The words of each test: of an acl, or of what stands in braces. */
  List<List<String>> tests() {
    if (keyword().equals("acl")) {
      return words.size() < 3 ? List.of() : List.of(words.subList(2, words.size()));
    }
    List<List<String>> tests = new ArrayList<>();
    int begin = 0;
    for (int i = 1; i < words.size(); i++) {
      if (words.get(i).matches("!?\\{")) {
        begin = i + 1;
      } else if (words.get(i).equals("}") && begin > 0 && i > begin) {
        tests.add(words.subList(begin, i));
      }
    }
    return tests;
  }

  /** What to throw if HAProxy would not take what stands here. */
  ConfigurationException bad(String text) {
    return ConfigurationException.of(new Fault(Code.BAD_HAPROXY_FILE, toString(), "", text));
  }

  @Override
  public String toString() {
    return file + ":" + number;
  }
}
