// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.synapse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.synapsegateway.config.ReadableFile;
import org.synapsegateway.fault.ConfigurationException;

/**
 * The files that the commands of supervisor or systemd start Synapse with: {@code
 * --config-path=/conf/workers/shared.yaml}.
 */
final class CommandLines {
  private static final Pattern SECTION = Pattern.compile("(?m)^\\[(program:\\S+|Service)]");
  private static final Pattern CONFIG =
      Pattern.compile("(?:--config-path|-c)[= ][\\s\\\\]*[\"']?(/[^\"'\\s]+)");

  private CommandLines() {}

  /** Whether a file has commands that start Synapse; false if it cannot be read. */
  static boolean areIn(Path file) {
    try {
      return Files.isRegularFile(file)
          && SECTION.matcher(text(file)).find()
          && CONFIG.matcher(text(file)).find();
    } catch (IOException e) {
      return false; // whoever reads it as YAML says why
    }
  }

  private static String text(Path file) throws IOException {
    return new String(ReadableFile.bytes(file), StandardCharsets.ISO_8859_1);
  }

  /**
   * What the commands name, in their order.
   *
   * @throws ConfigurationException if one of the files is not there
   */
  static Set<Path> paths(Path file) {
    Set<Path> paths = new LinkedHashSet<>();
    String text;
    try {
      text = text(file);
    } catch (IOException e) {
      throw ConfigurationException.of(ReadableFile.fault(file, e));
    }
    Matcher config = CONFIG.matcher(text);
    while (config.find()) {
      // an instance's file of a template is one of its directory
      String named = config.group(1).replaceFirst("/[^/]*%[iI][^/]*$", "");
      int line = 1 + (int) text.substring(0, config.start()).chars().filter(c -> c == '\n').count();
      paths.add(
          found(file, named)
              .orElseThrow(
                  () ->
                      new Place(file, line)
                          .bad(named + " is not there; copy it, or name the files one by one")));
    }
    return paths;
  }

  /** Where a path is: as it is named, or below a directory that was copied with the file. */
  private static Optional<Path> found(Path file, String named) {
    if (Files.exists(Path.of(named))) {
      return Optional.of(Path.of(named));
    }
    for (Path above = file.toAbsolutePath().getParent(); above != null; above = above.getParent()) {
      Path there = above.resolve(named.substring(1));
      if (Files.exists(there)) {
        return Optional.of(there);
      }
    }
    return Optional.empty();
  }
}
