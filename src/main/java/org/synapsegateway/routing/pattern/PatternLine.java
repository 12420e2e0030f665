// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing.pattern;

import java.util.Set;

/**
 * One line of a {@code request} expression.
 *
 * @param number the line's place in the expression, from 1
 * @param text the line as it is written, without the white space around it
 * @param methods the methods that it names; none for all methods
 * @param node what the line requires of {@code METHOD SP path}
 */
public record PatternLine(int number, String text, Set<String> methods, Node node) {}
