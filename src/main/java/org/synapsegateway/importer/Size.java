// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

/** A number of bytes as settings have it. */
final class Size {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB"};

  private Size() {}

  /** With the largest unit that leaves a whole number. */
  static String text(long bytes) {
    int unit = 0;
    long number = bytes;
    while (unit < UNITS.length - 1 && number % 1024 == 0) {
      number /= 1024;
      unit++;
    }
    return number + UNITS[unit];
  }
}
