// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.config.ReadableFile;
import org.synapsegateway.config.Spelling;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.importer.synapse.Listener;
import org.synapsegateway.importer.synapse.Place;

/**
 * What an admin has answered: for a worker the groups that it serves, as {@code event1:
 * event-creator, pagination}; {@code none} for no group. And for {@code mas} its socket or its host
 * and port.
 */
public final class Answers {
  /** The file beside what is written. */
  public static final String FILE = "import.answers";

  private static final String NONE = "none";

  /**
   * What the socket of Matrix Authentication Service is given by, which is in no file of Synapse.
   */
  static final String AUTHENTICATION = "mas";

  private static final String AUTHENTICATION_SERVER =
      "(" + Listener.PATH + "|([\\w.-]+|\\[[\\da-f:]+]):\\d{1,5})";

  private final Map<String, Answer> byWorker = new LinkedHashMap<>();
  private @Nullable String authentication;

  /** An answer and where it stands. */
  record Answer(List<RouteGroup> groups, Place place) {}

  /**
   * Reads the file.
   *
   * @param file need not be there
   * @throws ConfigurationException if it has a line that makes no sense
   */
  static Answers read(Path file) {
    Answers answers = new Answers();
    if (!Files.exists(file)) {
      return answers;
    }
    try {
      List<String> lines =
          new String(ReadableFile.bytes(file), StandardCharsets.UTF_8)
              .replaceFirst("^\uFEFF", "") // of an editor
              .lines()
              .toList();
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i).replaceFirst("#.*", "").strip();
        if (!line.isEmpty()) {
          answers.add(line, new Place(file, i + 1));
        }
      }
      return answers;
    } catch (IOException e) {
      throw ConfigurationException.of(ReadableFile.fault(file, e));
    }
  }

  private void add(String line, Place place) {
    if (line.matches(AUTHENTICATION + ":\\s*" + AUTHENTICATION_SERVER)) {
      String server = line.substring(line.indexOf(':') + 1).strip();
      authentication = (server.startsWith("/") ? "unix:" : "tcp:") + server;
      return;
    }
    int colon = line.lastIndexOf(':');
    if (colon < 1) {
      throw bad(place, line, "an answer is written WORKER: GROUP, or WORKER: none");
    }
    String name = line.substring(0, colon).strip();
    String value = line.substring(colon + 1).strip();
    List<RouteGroup> groups;
    try {
      groups = groups(value);
    } catch (IllegalArgumentException e) {
      throw bad(place, value, String.valueOf(e.getMessage()));
    }
    byWorker.put(name, new Answer(groups, place));
  }

  private static ConfigurationException bad(Place place, String value, String text) {
    return ConfigurationException.of(new Fault(Code.BAD_ANSWER, place.toString(), value, text));
  }

  /**
   * The groups that somebody names.
   *
   * @throws IllegalArgumentException if there is no such group, or nobody chooses its workers
   */
  static List<RouteGroup> groups(String names) {
    return names.strip().equals(NONE)
        ? List.of()
        : Arrays.stream(names.split(",", -1)).map(String::strip).map(Answers::group).toList();
  }

  private static RouteGroup group(String id) {
    List<String> chosen = choices();
    return RouteGroup.of(id)
        .filter(group -> chosen.contains(id))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    RouteGroup.of(id).isPresent()
                        ? "Synapse's configuration alone says who serves " + id
                        : "there is no group \"" + id + "\"" + Spelling.hint(id, chosen)));
  }

  /** The groups that an admin may choose workers for. */
  static List<String> choices() {
    return Arrays.stream(RouteGroup.values())
        .filter(group -> !group.isFact())
        .map(RouteGroup::id)
        .toList();
  }

  Optional<Answer> of(String worker) {
    return Optional.ofNullable(byWorker.get(worker));
  }

  /**
   * Where Matrix Authentication Service listens, as a worker's URI has it; nothing if none was
   * told.
   */
  Optional<String> authentication() {
    return Optional.ofNullable(authentication);
  }

  /** Workers that are answered for, and where. */
  Map<String, Answer> all() {
    return byWorker;
  }
}
