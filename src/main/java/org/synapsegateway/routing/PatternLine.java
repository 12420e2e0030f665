package org.synapsegateway.routing;

/**
 * One line of a {@code request} expression.
 *
 * @param number the line's place in the expression, from 1
 * @param text the line as it is written, without the white space around it
 * @param node what the line asks of {@code METHOD SP path}
 */
record PatternLine(int number, String text, Node node) {}
