// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;
import org.synapsegateway.worker.WorkerAddress;

/**
 * Warns of sockets whose paths are not written in their shortest form. The ring is made of the text
 * of a path, as nginx makes it, so {@code /run//a.sock} is another worker there than {@code
 * /run/a.sock}, and users move to other workers.
 */
public final class RingNames {
  private static final String WORKER = "worker:" + WorkerAddress.UNIX;

  private RingNames() {}

  /**
   * Of the directory that the shipped routes put before each worker.
   *
   * @param place tells where a key was given
   */
  static Optional<Fault> warning(Settings settings, UnaryOperator<String> place) {
    String key = Setting.WORKERS_DIRECTORY.key();
    String directory = settings.text(Setting.WORKERS_DIRECTORY);
    return isPlain(directory)
        ? Optional.empty()
        : Optional.of(
            new Fault(
                Code.RING_NAMES,
                place.apply(key),
                key,
                "%s = %s gives the workers other names in the ring than %s, and users move; write the latter"
                    .formatted(key, directory, plain(directory))));
  }

  /** Of the workers' own URIs, whose directory is warned of once. */
  public static List<Fault> warnings(CamelContext context) {
    String directory =
        context
            .getPropertiesComponent()
            .resolveProperty(Setting.WORKERS_DIRECTORY.key())
            .orElse("");
    List<Fault> warnings = new ArrayList<>();
    for (RouteDefinition route : RouteModel.routes(context)) {
      for (ProcessorDefinition<?> step : RouteModel.sends(route)) {
        String uri = RouteModel.withoutOptions(RouteModel.uri(context, route, step));
        String path = uri.startsWith(WORKER) ? uri.substring(WORKER.length()) : "";
        boolean isTold = !isPlain(directory) && path.startsWith(directory);
        if (!isPlain(path) && !isTold) {
          warnings.add(
              new Fault(
                  Code.RING_NAMES,
                  RoutePlace.of(step),
                  path,
                  "the path %s is another name in the ring than %s, so users move; write the latter"
                      .formatted(path, plain(path))));
        }
      }
    }
    return warnings;
  }

  private static boolean isPlain(String path) {
    return path.equals(plain(path));
  }

  private static String plain(String path) {
    return Path.of(path).normalize().toString();
  }
}
