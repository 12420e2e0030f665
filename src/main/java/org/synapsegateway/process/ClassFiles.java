// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

/**
 * The jars that classes come from. Java opens each when it first needs it, which an archive of
 * classes puts off; an upgrade replaces the files meanwhile, and what is loaded after that must
 * still be of this version.
 */
final class ClassFiles {
  private ClassFiles() {}

  /** Opens all of them, to stay open: to say that nobody has something, each is asked. */
  static void open() {
    ClassLoader.getSystemResource("no/such/resource");
  }
}
