// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.nio.file.Path;

/**
 * What the caller of the launcher has named, which runs the commands in the gateway's directory.
 */
final class Callers {
  private Callers() {}

  /** A file, seen from where the caller is; {@code -} is standard input. */
  static Path file(Path named) {
    return named.toString().equals("-")
        ? named
        : Path.of(System.getProperty("launcher.directory", "")).resolve(named);
  }
}
