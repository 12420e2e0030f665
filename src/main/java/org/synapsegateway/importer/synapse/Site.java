// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.synapse;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A Synapse as its configuration describes it.
 *
 * @param files what was read of it
 * @param shared the sections of homeserver.yaml and of the files beside it
 * @param hosts the containers of processes, by the processes' names
 * @param ports of all listeners, those for metrics and the manhole too
 * @param streams by their names; those that are not configured are the main process's
 * @param background workers that have a duty for which nobody asks them
 * @param findings about the configuration itself
 */
public record Site(
    List<Path> files,
    Map<String, YamlValue> shared,
    SynapseProcess main,
    List<SynapseProcess> workers,
    Map<String, String> hosts,
    Set<Integer> ports,
    Map<String, Stream> streams,
    Set<String> background,
    List<Finding> findings) {
  /** synapse/config/repository.py. */
  private static final String UPLOAD_DEFAULT = "50M";

  /** synapse/app/_base.py: what Synapse reads of any request, whatever max_upload_size says. */
  private static final long BODY_MIN = 200 * 65536;

  public Optional<SynapseProcess> process(String name) {
    return name.equals("main") || name.equals(SynapseProcess.MAIN)
        ? Optional.of(main)
        : workers.stream().filter(worker -> worker.name().equals(name)).findFirst();
  }

  /** The largest body that a process with the media repository takes, in bytes. */
  public long uploadMax() {
    Optional<YamlValue> max = Optional.ofNullable(shared.get("max_upload_size"));
    try {
      return Math.max(BODY_MIN, bytes(max.map(YamlValue::text).orElse(UPLOAD_DEFAULT)));
    } catch (NumberFormatException e) {
      throw max.orElseThrow().place().bad("max_upload_size should be a size, for example 50M");
    }
  }

  private static long bytes(String size) {
    int unit = size.isEmpty() ? -1 : "KMGT".indexOf(size.charAt(size.length() - 1));
    String digits = unit < 0 ? size : size.substring(0, size.length() - 1);
    if (!digits.matches("\\d{1,15}")) {
      throw new NumberFormatException();
    }
    return Long.parseLong(digits) << 10 * (unit + 1);
  }

  /** Whether logins are the business of Matrix Authentication Service, and where it is said. */
  public Optional<Place> authenticationService() {
    return flag("matrix_authentication_service", "enabled")
        .or(
            () ->
                Optional.ofNullable(shared.get("experimental_features"))
                    .flatMap(features -> features.get("msc3861"))
                    .flatMap(old -> old.get("enabled"))
                    .filter(YamlValue::flag))
        .map(YamlValue::place);
  }

  /** Whether one of the processes listens on a port, be it on another machine. */
  public boolean hasPort(int port) {
    return ports.contains(port);
  }

  private Optional<YamlValue> flag(String section, String key) {
    return Optional.ofNullable(shared.get(section))
        .flatMap(value -> value.get(key))
        .filter(YamlValue::flag);
  }

  /**
   * Where a process listens for the others, which is the only key that names a machine; else the
   * container that it runs in.
   */
  public Optional<String> host(SynapseProcess process) {
    return Optional.ofNullable(shared.get("instance_map"))
        .flatMap(map -> map.get(process.isMain() ? "main" : process.name()))
        .flatMap(entry -> entry.get("host"))
        .map(YamlValue::text)
        .or(() -> Optional.ofNullable(hosts.get(process.name())));
  }
}
