// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

/**
 * The jars that classes are loaded from. Java opens each jar when it first needs it, which is late
 * with an archive of classes. An upgrade may have replaced the files by then, and classes loaded
 * after that must still be of this version.
 */
final class ClassFiles {
  private ClassFiles() {}

  /** Opens all of them: a search for a resource that does not exist asks each jar. */
  static void open() {
    ClassLoader.getSystemResource("no/such/resource");
  }
}
