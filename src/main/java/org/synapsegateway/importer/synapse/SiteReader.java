// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.synapse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.synapsegateway.config.ReadableFile;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;

/**
 * Reads a site's files as Synapse does (synapse/config/_base.py): in order, of a directory its
 * {@code *.yaml} by name, each top-level section of a later file in place of an earlier one's. A
 * file that names a worker is that worker's own; the others are what all share.
 */
public final class SiteReader {
  /** What Synapse calls an app that is the main process, and one that any worker may be. */
  private static final Set<String> PLAIN_APPS =
      Set.of("synapse.app.homeserver", "synapse.app.generic_worker");

  /** Lists of workers that have something to do beside requests. */
  private static final List<String> DUTIES =
      List.of(
          "federation_sender_instances",
          "pusher_instances",
          "notify_appservices_from_worker",
          "run_background_tasks_on",
          "update_user_directory_from_worker");

  /** Sections of Kubernetes and of Traefik, which Synapse does not have. */
  private static final Set<String> OTHERS =
      Set.of("apiVersion", "kind", "http", "entryPoints", "providers");

  private static final String NAME = "[\\w .:@+-]{1,200}";

  private final List<Path> files = new ArrayList<>();
  private final Map<String, YamlValue> shared = new LinkedHashMap<>();
  private final List<YamlValue> workers = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();
  private final ComposeHosts compose = new ComposeHosts();

  private SiteReader() {}

  /**
   * Reads files and directories.
   *
   * @throws ConfigurationException if one of them is not right, or none is homeserver.yaml
   */
  public static Site read(List<Path> paths) {
    SiteReader reader = new SiteReader();
    for (Path path : named(paths)) {
      reader.files(path).forEach(reader::add);
    }
    if (reader.shared.isEmpty()) {
      throw ConfigurationException.of(
          Fault.of(
              Code.MISSING_ARGUMENT,
              "homeserver.yaml",
              "none of the files is Synapse's homeserver.yaml; give it first, then those of the workers"));
    }
    return reader.site();
  }

  /** The paths, and in place of files of commands those that the commands name; each once. */
  private static Set<Path> named(List<Path> paths) {
    Set<Path> named = new LinkedHashSet<>();
    for (Path path : paths) {
      if (CommandLines.areIn(path)) {
        named.addAll(CommandLines.paths(path));
      } else {
        named.add(path);
      }
    }
    return named;
  }

  private List<Path> files(Path path) {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (var entries = Files.list(path)) {
      List<Path> found =
          entries
              .filter(entry -> entry.toString().endsWith(".yaml") && !Files.isDirectory(entry))
              .sorted()
              .toList();
      if (found.isEmpty()) {
        findings.add(
            Finding.problem(Code.EMPTY_DIRECTORY, path, "has no *.yaml, so nothing is read of it"));
      }
      return found;
    } catch (IOException e) {
      throw ConfigurationException.of(ReadableFile.fault(path, e));
    }
  }

  private void add(Path file) {
    Optional<YamlValue> root = YamlValue.read(file).filter(YamlValue::isMapping);
    if (root.isEmpty()) {
      findings.add(
          Finding.problem(
              Code.EMPTY_SYNAPSE_FILE,
              file,
              "is empty or no mapping of YAML, nor nginx's or HAProxy's configuration, so it is not"
                  + " read"));
      return;
    }
    Map<String, YamlValue> sections = root.get().entries();
    if (ComposeHosts.isOne(sections)) {
      compose.add(root.get());
      return;
    }
    if (sections.containsKey("handlers") && sections.containsKey("version")) {
      findings.add(
          Finding.note(
              Code.SKIPPED_FILE, file, "is a configuration of Synapse's log, and is not read"));
      return;
    }
    if (sections.keySet().stream().anyMatch(OTHERS::contains)) {
      findings.add(
          Finding.problem(
              Code.FOREIGN_FILE,
              file,
              "is no file of Synapse's but another program's, so it is not read"));
      return;
    }
    root.get().refuseTags();
    files.add(file);
    if (isWorker(sections)) {
      workers.add(root.get());
    } else {
      shared.putAll(sections);
    }
  }

  private static boolean isWorker(Map<String, YamlValue> sections) {
    return sections.containsKey("worker_name")
        || sections.containsKey("worker_listeners")
        || sections.containsKey("worker_app")
            && !sections.get("worker_app").text().equals("synapse.app.homeserver");
  }

  private Site site() {
    SynapseProcess main =
        new SynapseProcess(
            SynapseProcess.MAIN,
            "",
            place(shared, "listeners", files.get(0)),
            value(shared, "listeners").map(Listener::all).orElse(List.of()),
            !isOff(shared));
    List<SynapseProcess> processes = workers.stream().map(this::worker).toList();
    Site site =
        new Site(
            List.copyOf(files),
            shared,
            main,
            processes,
            hosts(),
            ports(),
            streams(),
            background(),
            findings);
    findings.addAll(SiteFaults.of(site, workers));
    return site;
  }

  private static Place place(Map<String, YamlValue> sections, String key, Path file) {
    return value(sections, key).map(YamlValue::place).orElse(new Place(file, 1));
  }

  private static Optional<YamlValue> value(Map<String, YamlValue> sections, String key) {
    return Optional.ofNullable(sections.get(key)).filter(value -> !value.isNull());
  }

  private static boolean isOff(Map<String, YamlValue> sections) {
    return value(sections, "enable_media_repo").filter(YamlValue::isFalse).isPresent();
  }

  private SynapseProcess worker(YamlValue root) {
    Map<String, YamlValue> own = root.entries();
    String app =
        value(own, "worker_app")
            .or(() -> value(shared, "worker_app"))
            .map(YamlValue::text)
            .orElse("");
    String name = value(own, "worker_name").map(YamlValue::text).orElse(app);
    Map<String, YamlValue> view = new LinkedHashMap<>(shared);
    view.putAll(own);
    if (!name.matches(NAME) || name.equals(SynapseProcess.MAIN) || name.equals("main")) {
      throw root.place()
          .bad("a worker wants a worker_name of its own, in letters, digits and - _ . +");
    }
    return new SynapseProcess(
        name,
        PLAIN_APPS.contains(app) ? "" : app.replaceFirst("^synapse\\.app\\.", ""),
        place(own, own.containsKey("worker_name") ? "worker_name" : "worker_app", root.file()),
        value(own, "worker_listeners").map(Listener::all).orElse(List.of()),
        !isOff(view) || app.equals("synapse.app.media_repository"));
  }

  /** The services of Compose files that run the processes, by the names of these. */
  private Map<String, String> hosts() {
    Map<String, String> hosts = new LinkedHashMap<>();
    List<String> names = new ArrayList<>();
    for (YamlValue root : workers) {
      String file = String.valueOf(root.file().getFileName());
      names.add(file);
      String name = worker(root).name();
      compose.of(name, file).ifPresent(host -> hosts.put(name, host));
    }
    compose.main(names).ifPresent(host -> hosts.put(SynapseProcess.MAIN, host));
    return hosts;
  }

  private Set<Integer> ports() {
    List<YamlValue> listeners = new ArrayList<>();
    value(shared, "listeners").ifPresent(listeners::add);
    workers.forEach(root -> root.get("worker_listeners").ifPresent(listeners::add));
    Set<Integer> ports = new TreeSet<>();
    listeners.stream()
        .flatMap(list -> list.items().stream())
        .flatMap(listener -> listener.get("port").stream())
        .filter(YamlValue::isNumber)
        .forEach(port -> ports.add(port.integer()));
    return ports;
  }

  private Map<String, Stream> streams() {
    Map<String, Stream> streams = new LinkedHashMap<>();
    value(shared, "stream_writers")
        .ifPresent(
            section ->
                section
                    .entries()
                    .forEach(
                        (name, writers) -> {
                          if (!writers.isNull()) {
                            streams.put(name, stream(name, writers));
                          }
                        }));
    return streams;
  }

  private static Stream stream(String name, YamlValue writers) {
    List<String> names =
        writers.items().stream()
            .map(YamlValue::text)
            .map(writer -> writer.equals("main") ? SynapseProcess.MAIN : writer)
            .toList();
    return new Stream(name, names, writers.place());
  }

  private Set<String> background() {
    Set<String> names = new TreeSet<>();
    for (String duty : DUTIES) {
      value(shared, duty).ifPresent(list -> list.items().forEach(name -> names.add(name.text())));
    }
    return names;
  }
}
