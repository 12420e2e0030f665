// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.synapse;

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

  @Override
  public String toString() {
    return where + ": " + text + " [" + code + "]";
  }
}
