// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.RouteDefinition;
import org.synapsegateway.config.RouteModel;
import org.synapsegateway.config.RoutePlace;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.routing.RouteExpression;
import org.synapsegateway.routing.pattern.Overlaps;

/** The part of {@code check} that compares request lines. */
final class PatternCheck {
  private final CheckReport report;

  PatternCheck(CheckReport report) {
    this.report = report;
  }

  /** Compares the lines of each choice, in which the first that matches decides. */
  void show(CamelContext context) {
    int before = report.warnings().size();
    int lines = 0;
    for (RouteDefinition route : RouteModel.routes(context)) {
      for (ChoiceDefinition choice : RouteModel.all(route, ChoiceDefinition.class)) {
        List<RouteExpression> expressions =
            choice.getWhenClauses().stream()
                .filter(when -> "request".equals(when.getExpressionType().getLanguage()))
                .map(when -> RouteExpression.of(context, route, when))
                .toList();
        lines += findOverlaps(expressions);
      }
    }
    report.row("patterns", "routes", report.stateSince(before), lines + " request lines");
  }

  private int findOverlaps(List<RouteExpression> expressions) {
    List<String> texts = expressions.stream().map(RouteExpression::text).toList();
    for (Overlaps.Finding finding : Overlaps.find(texts)) {
      List<String> earlier =
          finding.earlier().stream().map(line -> place(expressions, line)).toList();
      report
          .warnings()
          .add(
              new Fault(
                  code(finding.kind()),
                  place(expressions, finding.line()),
                  finding.line().text(),
                  finding.line().text()
                      + switch (finding.kind()) {
                        case EMPTY -> " matches no request; correct or remove it";
                        case COVERED -> " is unreachable: its requests are already matched at ";
                        case SHARED ->
                            " matches " + finding.example() + ", which is already matched at ";
                        case UNDECIDED -> " takes too long to compare with ";
                      }
                      + String.join(", ", earlier)));
    }
    return expressions.stream()
        .mapToInt(each -> (int) each.text().lines().filter(line -> !line.isBlank()).count())
        .sum();
  }

  private static Code code(Overlaps.Kind kind) {
    return switch (kind) {
      case EMPTY -> Code.MATCHES_NOTHING;
      case COVERED -> Code.UNREACHABLE_LINE;
      case SHARED -> Code.OVERLAPPING_LINE;
      case UNDECIDED -> Code.UNCOMPARED_LINE;
    };
  }

  private static String place(List<RouteExpression> expressions, Overlaps.Line line) {
    return RoutePlace.of(expressions.get(line.expression()), line.number());
  }
}
