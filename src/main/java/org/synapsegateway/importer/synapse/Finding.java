// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.synapse;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.synapsegateway.fault.Code;

/**
 * What an admin should know about a site.
 *
 * @param wanting whether somebody should do something about it
 * @param code the kind of finding
 * @param where file and line
 */
public record Finding(boolean wanting, Code code, String where, String text) {
  public static Finding problem(Code code, Object where, String text) {
    return new Finding(true, code, where.toString(), text);
  }

  public static Finding note(Code code, Object where, String text) {
    return new Finding(false, code, where.toString(), text);
  }

  /** The texts of some findings with their codes, and where each of them is. */
  public static Map<String, List<String>> byText(List<Finding> findings, boolean wanting) {
    Map<String, List<String>> places = new LinkedHashMap<>();
    for (Finding each : findings) {
      if (each.wanting == wanting) {
        List<String> where =
            places.computeIfAbsent(each.text + " [" + each.code + "]", key -> new ArrayList<>());
        if (!where.contains(each.where)) {
          where.add(each.where);
        }
      }
    }
    return places;
  }

  @Override
  public String toString() {
    return where + ": " + text + " [" + code + "]";
  }
}
