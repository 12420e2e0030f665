// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.synapsegateway.fault.Code;
import org.synapsegateway.importer.HaproxyProxy.Asked;
import org.synapsegateway.importer.haproxy.Backend;
import org.synapsegateway.importer.synapse.Finding;
import org.synapsegateway.importer.synapse.Site;
import org.synapsegateway.importer.synapse.SynapseProcess;
import org.synapsegateway.settings.Setting;

/** What moves from a HAProxy to the gateway: findings and the time-out of replies. */
final class HaproxyMigration {
  /** As gateway.worker.reply-timeout has it by default. */
  private static final long REPLY_TIMEOUT = 180_000;

  private final HaproxyProxy haproxy;
  private final ProxyAddresses addresses;
  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, Backend> backends = new LinkedHashMap<>();

  HaproxyMigration(HaproxyProxy haproxy, Site synapse) {
    this.haproxy = haproxy;
    addresses = new ProxyAddresses(synapse, haproxy.servers());
    haproxy.all().stream()
        .filter(each -> each.decision().isSent())
        .forEach(
            each ->
                backends.putIfAbsent(each.decision().backend().name(), each.decision().backend()));
  }

  Migration made() {
    findNothingSent();
    findStrayTests();
    findOpenAdmin();
    findUnknown();
    findForeign();
    findBalancing();
    return new Migration(findings, settings(), Map.of(), Map.of(), "");
  }

  private List<SynapseProcess> processes(Backend backend) {
    return backend.servers().stream()
        .flatMap(server -> addresses.processes(server).stream())
        .distinct()
        .toList();
  }

  private void findNothingSent() {
    if (backends.isEmpty()
        && haproxy.all().stream().allMatch(each -> each.decision().doubt() == null)) {
      findings.add(
          Finding.problem(
              Code.CANNOT_TELL,
              haproxy.site(),
              "no frontend with mode http sends Synapse's requests on, so nothing says who serves what"));
    }
  }

  private void findStrayTests() {
    haproxy
        .site()
        .strayTests()
        .forEach(
            (where, text) ->
                findings.add(
                    Finding.problem(
                        Code.STRAY_TEST,
                        where,
                        text
                            + ", and no test of its own: HAProxy takes what matches any value, and the"
                            + " workers are chosen as HAProxy does it")));
  }

  private void findOpenAdmin() {
    haproxy
        .ask("GET", "/_synapse/admin/v1/server_version")
        .filter(each -> each.decision().isSent())
        .filter(each -> !processes(each.decision().backend()).isEmpty())
        .ifPresent(
            each ->
                findings.add(
                    Finding.problem(
                        Code.PUBLIC_ADMIN_API,
                        each.decision().where(),
                        "lets everybody ask for "
                            + each.request().target()
                            + "; the gateway lets gateway.private-clients alone, others get 403")));
  }

  private void findUnknown() {
    Map<String, List<Asked>> doubts = new TreeMap<>();
    for (Asked each : haproxy.all()) {
      String doubt = each.decision().doubt();
      if (doubt != null) {
        doubts.computeIfAbsent(doubt, key -> new ArrayList<>()).add(each);
      }
    }
    doubts.forEach(
        (doubt, all) ->
            findings.add(
                Finding.problem(
                    Code.CANNOT_TELL,
                    all.get(0).decision().where(),
                    "of %d request lines it cannot be told where they lead: %s"
                        .formatted(all.size(), doubt))));
  }

  private void findForeign() {
    for (Backend backend : backends.values()) {
      if (processes(backend).isEmpty()) {
        Asked example =
            haproxy.all().stream()
                .filter(each -> each.decision().outcome().equals(backend.name()))
                .findFirst()
                .orElseThrow();
        findings.add(
            Finding.problem(
                Code.FOREIGN_UPSTREAM,
                backend.where(),
                "sends %s %s to %s, which is no process of Synapse that was given"
                    .formatted(
                        example.request().method(),
                        example.request().target(),
                        backend.servers().isEmpty()
                            ? "no server"
                            : String.join(", ", backend.servers()))));
      }
    }
  }

  private void findBalancing() {
    for (Backend backend : backends.values()) {
      if (processes(backend).size() > 1) {
        findings.add(
            Finding.note(
                Code.OTHER_BALANCING,
                backend.where(),
                "backend %s has %s; the routes choose by nginx's consistent hash, so users change their worker once"
                    .formatted(backend.name(), backend.balance())));
      }
    }
  }

  /** The time-out of most requests counts if it is longer than the gateway's. */
  private Map<Setting, String> settings() {
    Map<Long, Integer> counts = new TreeMap<>();
    haproxy.all().stream()
        .filter(each -> each.decision().isSent())
        .forEach(each -> counts.merge(each.decision().backend().serverTimeout(), 1, Integer::sum));
    return counts.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .filter(timeout -> timeout > REPLY_TIMEOUT)
        .map(timeout -> Map.of(Setting.WORKER_REPLY_TIMEOUT, timeout / 1000 + "s"))
        .orElse(Map.of());
  }
}
