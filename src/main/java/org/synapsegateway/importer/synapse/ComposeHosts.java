// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.synapse;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The hosts that the services of Compose files are, by their names: each runs one process of
 * Synapse, known by the file that its command or {@code SYNAPSE_CONFIG_PATH} names, or else by the
 * service's own name. Confined to one thread.
 */
final class ComposeHosts {
  private static final String CONFIG_PATH = "SYNAPSE_CONFIG_PATH";

  /** The texts that name files, by the service. */
  private final Map<String, List<String>> services = new LinkedHashMap<>();

  /** Whether a file is a Compose file. */
  static boolean isOne(Map<String, YamlValue> sections) {
    return sections.containsKey("services") && sections.get("services").isMapping();
  }

  /** Adds the services of a file; those on the machine's own network are no hosts. */
  void add(YamlValue file) {
    file.get("services")
        .ifPresent(
            section ->
                section
                    .entries()
                    .forEach(
                        (name, service) -> {
                          if (service.isMapping() && !isOnHost(service)) {
                            services.put(name, texts(service));
                          }
                        }));
  }

  private static boolean isOnHost(YamlValue service) {
    return service.get("network_mode").flatMap(YamlValue::known).filter("host"::equals).isPresent();
  }

  private static List<String> texts(YamlValue service) {
    List<String> texts = new ArrayList<>();
    for (String key : List.of("command", "entrypoint")) {
      service.get(key).ifPresent(value -> addItems(value, texts));
    }
    service
        .get("environment")
        .ifPresent(
            value -> {
              if (value.isMapping()) {
                value.get(CONFIG_PATH).flatMap(YamlValue::known).ifPresent(texts::add);
              } else {
                addItems(value, texts);
              }
            });
    return texts;
  }

  private static void addItems(YamlValue value, List<String> texts) {
    if (!value.isMapping()) {
      value.items().forEach(item -> item.known().ifPresent(texts::add));
    }
  }

  /**
   * The service that runs a process.
   *
   * @param name the process's
   * @param file the name of its own file, as {@code worker1.yaml}
   */
  Optional<String> of(String name, String file) {
    return first(service -> names(service, file))
        .or(() -> first(service -> plain(service).equals(plain(name))));
  }

  /**
   * The service that runs the main process: one that names homeserver.yaml and no worker's file.
   *
   * @param workers the names of the workers' files
   */
  Optional<String> main(List<String> workers) {
    return first(
            service ->
                names(service, "homeserver.yaml")
                    && workers.stream().noneMatch(file -> names(service, file)))
        .or(() -> first(service -> plain(service).matches("synapse(main)?|main")));
  }

  private Optional<String> first(Predicate<String> wanted) {
    return services.keySet().stream().filter(wanted).findFirst();
  }

  private boolean names(String service, String file) {
    return services.getOrDefault(service, List.of()).stream()
        .anyMatch(text -> (" " + text + " ").matches("(?s).*[/= ]\\Q" + file + "\\E[ ,].*"));
  }

  private static String plain(String name) {
    return name.toLowerCase(java.util.Locale.ROOT)
        .replaceAll("[^a-z0-9]", "")
        .replaceFirst("^synapse(?=.)", "");
  }
}
