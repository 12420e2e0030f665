// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.util.List;
import org.synapsegateway.fault.Code;
import org.synapsegateway.importer.synapse.Finding;
import org.synapsegateway.importer.synapse.Site;
import org.synapsegateway.importer.synapse.SynapseProcess;

/** Checks which workers serve which group, and tells what an admin should know of it. */
final class AssignmentChecks {
  private final Site site;
  private final Assignment assignment;

  AssignmentChecks(Site site, Assignment assignment) {
    this.site = site;
    this.assignment = assignment;
  }

  void find() {
    findSeveralForOne();
    for (SynapseProcess worker : site.workers()) {
      findOtherName(worker);
      findSeveralGroups(worker);
    }
    for (SynapseProcess worker : assignment.questions()) {
      tell(
          Finding.problem(
              Code.UNASSIGNED_WORKER,
              worker.place(),
              "%s: which group? Import with --ask, or: echo '%s: GROUP' >> %s"
                  .formatted(worker.described(), worker.name(), Answers.FILE)));
    }
  }

  private void tell(Finding finding) {
    assignment.findings().add(finding);
  }

  private void findSeveralForOne() {
    List<SynapseProcess> several = assignment.workers(RouteGroup.SSO);
    if (several.size() > 1) {
      tell(
          Finding.problem(
              Code.SINGLE_SIGN_ON_POOL,
              several.get(1).place(),
              "single sign-on works in one process only, and these are several: "
                  + assignment.names(RouteGroup.SSO)
                  + "; the main process serves it until one is answered for"));
      assignment.clear(RouteGroup.SSO);
    }
  }

  private void findSeveralGroups(SynapseProcess worker) {
    List<String> groups = assignment.groups(worker).stream().map(RouteGroup::id).toList();
    if (groups.size() > 1) {
      tell(
          Finding.note(
              Code.SEVERAL_GROUPS,
              worker.place(),
              worker.name() + " serves several groups: " + String.join(", ", groups)));
    }
  }

  /** A name that tells of a stream which others write. */
  private void findOtherName(SynapseProcess worker) {
    for (RouteGroup group : RouteGroup.values()) {
      boolean named =
          group.stream()
              .filter(
                  stream ->
                      ("_" + worker.name().replace('-', '_') + "_")
                          .matches(".*_" + stream + "\\d*_.*"))
              .isPresent();
      boolean writes =
          group.stream()
              .map(site.streams()::get)
              .filter(stream -> stream.writers().contains(worker.name()))
              .isPresent();
      if (named && !writes) {
        tell(
            Finding.problem(
                Code.MISLEADING_NAME,
                worker.place(),
                "%s is named after %s, which stream_writers gives to %s"
                    .formatted(worker.name(), group.id(), writers(group))));
      }
    }
  }

  private String writers(RouteGroup group) {
    return group.stream()
        .map(site.streams()::get)
        .map(stream -> String.join(", ", stream.writers()))
        .orElse("the main process");
  }
}
