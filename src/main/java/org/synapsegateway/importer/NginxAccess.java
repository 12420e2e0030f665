// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.synapsegateway.fault.Code;
import org.synapsegateway.importer.NginxProxy.Asked;
import org.synapsegateway.importer.nginx.Decision;
import org.synapsegateway.importer.nginx.Guard;
import org.synapsegateway.importer.nginx.ServerSettings;
import org.synapsegateway.importer.synapse.Finding;

/** What an nginx refuses, and whom it takes for the client, as far as that changes. */
final class NginxAccess {
  private final NginxProxy nginx;
  private final ServerSettings settings;
  private final List<Asked> asked;
  private final List<Finding> findings = new ArrayList<>();
  private final Set<String> guarded = new HashSet<>();

  NginxAccess(NginxProxy nginx, ServerSettings settings, List<Asked> asked) {
    this.nginx = nginx;
    this.settings = settings;
    this.asked = asked;
  }

  List<Finding> findings() {
    settings.guards().forEach(this::findLost);
    if (!nginx.isFaithful()) { // else the routes refuse them too
      findRefused();
    }
    findRelaying();
    return findings;
  }

  private void findLost(Guard guard) {
    guarded.add(guard.place().toString());
    String lost =
        "has %s, and the server block in %s has not: "
            .formatted(String.join(", ", guard.names()), ImportReport.FILE);
    findings.add(
        guard.isOfAdmin()
            ? Finding.note(
                Code.LOST_ACCESS_RULE,
                guard.place(),
                lost + "the gateway lets gateway.private-clients in, so set those")
            : Finding.problem(
                Code.LOST_ACCESS_RULE,
                guard.place(),
                lost + "add it there, or nobody is refused any more"));
  }

  private void findRefused() {
    Map<String, Asked> refused = new LinkedHashMap<>();
    asked.stream()
        .filter(each -> each.decision().kind() == Decision.Kind.ANSWERED)
        .filter(each -> each.decision().status() >= 400)
        .filter(each -> !each.question().target().startsWith("/_synapse/admin/")) // private
        .filter(each -> !guarded.contains(NginxProxy.where(each)))
        .forEach(each -> refused.putIfAbsent(NginxProxy.where(each), each));
    refused.forEach(
        (where, each) ->
            findings.add(
                Finding.note(
                    Code.REFUSED_REQUESTS,
                    where,
                    "%s to %s %s, which the routes serve: without nginx, send it to direct:forbidden in the front route"
                        .formatted(
                            each.decision().outcome(),
                            each.question().method(),
                            each.question().target()))));
  }

  private void findRelaying() {
    settings
        .relaying()
        .forEach(
            place ->
                findings.add(
                    Finding.note(
                        Code.RELAYED_ADDRESS,
                        place,
                        "passes on X-Forwarded-For as it comes, and so does the server block in "
                            + ImportReport.FILE
                            + ": if no proxy is in front, send $remote_addr; if one is, add its address to gateway.trusted-proxies where nginx adds it to the field")));
  }
}
