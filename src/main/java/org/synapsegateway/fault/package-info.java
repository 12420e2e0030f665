/**
 * What is wrong with the files and arguments of an admin, as any layer may find it: a code, a
 * place, the value at fault, and a sentence.
 */
@NullMarked
package org.synapsegateway.fault;

import org.jspecify.annotations.NullMarked;
