// Package patch moves activations from one place to another and says what the answers
// make of it.
//
// [Interchange] swaps the activation of one node between the two prompts of a
// pair and counts how often the answer swaps with it, [InterchangeAt] that of
// several nodes at chosen tokens, [Exchange] that of many groups over many pairs;
// [Transplant] moves what nodes are from any token of any prompt to any other. [Under]
// with [Put] and [Hold] measures a model while nodes are held at values,
// [HoldByPosition] and [ExchangeWithin] test what a head knows of its place. What runs is a
// model or a submodel of one, of package verify.
package patch
