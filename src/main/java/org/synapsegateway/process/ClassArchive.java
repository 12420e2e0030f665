// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The archive of classes that Java was told to start from ({@code -XX:SharedArchiveFile}, or {@code
 * -XX:AOTCache} since Java 25). Java ignores it, without a message, if another Java or another jar
 * made it.
 */
final class ClassArchive {
  private static final Logger LOG = LoggerFactory.getLogger(ClassArchive.class);
  private static final Path MAPPED = Path.of("/proc/self/maps");
  private static final List<String> OPTIONS = List.of("-XX:SharedArchiveFile=", "-XX:AOTCache=");

  private ClassArchive() {}

  /** Logs whether the archive is used, if one was named. */
  static void log() {
    named(ManagementFactory.getRuntimeMXBean().getInputArguments())
        .ifPresent(
            file -> {
              if (isMapped(file)) {
                LOG.info("Classes come from the archive {}", file);
              } else {
                LOG.info(
                    "The archive of classes {} is {}, so that a start takes half as long again;"
                        + " `{} record` makes one",
                    file,
                    Files.exists(file) ? "of another Java or jar" : "missing",
                    System.getProperty("launcher.name", "synapse-gateway"));
              }
            });
  }

  /** The last one counts. */
  static Optional<Path> named(List<String> arguments) {
    return arguments.stream()
        .filter(argument -> OPTIONS.stream().anyMatch(argument::startsWith))
        .reduce((first, second) -> second)
        .map(argument -> Path.of(argument.substring(argument.indexOf('=') + 1)).toAbsolutePath());
  }

  /** Java maps the archive into its memory if it fits. */
  private static boolean isMapped(Path file) {
    try {
      String path = file.toRealPath().toString();
      return Files.readAllLines(MAPPED).stream().anyMatch(line -> line.endsWith(" " + path));
    } catch (IOException e) {
      return false;
    }
  }
}
