// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The version and commit of the build, from the jar. */
public final class Build {
  private Build() {}

  /** The version that the jar's manifest has. */
  public static String version() {
    String version = Build.class.getPackage().getImplementationVersion();
    return version == null ? "not packaged" : version;
  }

  /** The commit that the build has written down. */
  public static String commit() {
    try (InputStream in = Build.class.getResourceAsStream("/org/synapsegateway/commit.txt")) {
      return in == null
          ? "unknown"
          : new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }
}
