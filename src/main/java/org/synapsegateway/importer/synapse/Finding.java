// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.synapse;

/**
 * What an admin should know about a site.
 *
 * @param wanting whether somebody should do something about it
 * @param where file and line
 */
public record Finding(boolean wanting, String where, String text) {
  public static Finding problem(Object where, String text) {
    return new Finding(true, where.toString(), text);
  }

  public static Finding note(Object where, String text) {
    return new Finding(false, where.toString(), text);
  }

  @Override
  public String toString() {
    return where + ": " + text;
  }
}
