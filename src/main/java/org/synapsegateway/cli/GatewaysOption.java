// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.explain.TextTable;
import org.synapsegateway.fault.Reason;
import org.synapsegateway.management.Drained;
import picocli.CommandLine.Option;

/** Several gateways that are to do the same with a worker, each of which decides for itself. */
final class GatewaysOption {
  @Option(
      names = "--gateways",
      paramLabel = "GATEWAY",
      split = ",",
      description =
          "the management ports of the gateways, as gw-0:9464,gw-1:9464, in place of that of this"
              + " directory: all addresses of all names; exit 1 unless all obey")
  private List<String> places = new ArrayList<>();

  /**
   * What one gateway has done.
   *
   * @param worker null if it has refused
   * @param error why it has; null if it has not
   */
  record Obeyed(String gateway, @Nullable Drained worker, @Nullable String error) {}

  boolean isGiven() {
    return !places.isEmpty();
  }

  /** Has all of them do it, whatever one of them says; returns the exit status. */
  int post(String action, String name, TokenOption token, Output output) {
    List<Obeyed> all = new ArrayList<>();
    try {
      TokenOption.Token read = token.read();
      for (Map.Entry<String, ManagementClient> gateway : Gateways.at(places).entrySet()) {
        all.add(post(gateway.getKey(), gateway.getValue(), action, name, read));
      }
    } catch (IOException | IllegalArgumentException e) {
      output.fail(e);
      return 1;
    }
    output.print(all, () -> table(all));
    return all.stream().allMatch(one -> one.error == null) ? 0 : 1;
  }

  private static Obeyed post(
      String at, ManagementClient gateway, String action, String name, TokenOption.Token token) {
    try {
      return new Obeyed(
          at, gateway.post("/observe/" + action, "worker", name, token, Drained.class), null);
    } catch (IOException e) {
      return new Obeyed(at, null, Reason.of(e));
    }
  }

  private static String state(Drained worker) {
    if (worker.stillServes() != null) {
      return "drained, but serves "
          + String.join(", ", worker.stillServes())
          + ": no other worker may";
    }
    return worker.drained() ? "drained" : "takes requests";
  }

  private static TextTable table(List<Obeyed> all) {
    TextTable table = new TextTable().row("gateway", "worker", "state", "in flight");
    for (Obeyed one : all) {
      if (one.worker != null) {
        table.row(
            one.gateway,
            one.worker.worker(),
            state(one.worker),
            Long.toString(one.worker.inFlight()));
      } else {
        table.row(one.gateway, "-", String.valueOf(one.error), "-");
      }
    }
    return table;
  }
}
