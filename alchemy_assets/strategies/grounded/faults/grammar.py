"""What the nodes are called that changes are made at, where the grammars of the languages agree or stand side by side.

Belongs here: names of tree-sitter nodes. Does not: what is changed at them.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NUMBERS = _words("number_literal integer integer_literal int_literal decimal_integer_literal number")
TRUTH = _words("true false boolean boolean_literal True False")
VARIABLES = _words("identifier simple_identifier variable_name")
BINARY = _words(
    """binary_expression binary_operator binary comparison_operator boolean_operator comparison_expression
    equality_expression additive_expression multiplicative_expression conjunction_expression disjunction_expression
    infix_expression range_expression range"""
)
NEGATIONS = _words("unary_expression not_operator prefix_unary_expression unary_op_expression unary prefix_expression")
ARGUMENTS = _words("argument_list arguments value_arguments")
WRAPPED_ARGUMENT = _words("argument value_argument")
CALLS = _words(
    """call call_expression method_invocation invocation_expression function_call_expression member_call_expression
    scoped_call_expression"""
)
INDEXED = _words(
    """subscript subscript_expression array_access element_access_expression index_expression element_reference"""
)
UPDATES = _words(
    """augmented_assignment augmented_assignment_expression assignment_expression assignment_statement
    compound_assignment_expr operator_assignment assignment"""
)
TERNARIES = _words("conditional_expression ternary_expression conditional")
COUNTING_LOOPS = _words("for_statement c_style_for_statement")
LOOPS = COUNTING_LOOPS | _words(
    """while_statement for_expression while_expression loop_expression foreach_statement enhanced_for_statement
    for_in_statement for_range_loop do_statement while until for repeat_while_statement"""
)
SWITCHES = _words("switch_statement switch_expression")
CASES = _words("case_statement default_statement switch_block_statement_group switch_case switch_default")
STEPS = _words("update_expression inc_statement dec_statement postfix_unary_expression postfix_expression")
IFS = _words("if_statement if_expression if")
BREAKS = _words("break_statement break_expression")
EXITS = _words(
    """return_statement return_expression continue_statement continue_expression control_transfer_statement next
    return break_statement break_expression break"""
)
RETURNS = _words("return_statement return_expression return control_transfer_statement")
BLOCKS = _words(
    """block compound_statement statement_block statements statement_list body_statement block_body then do do_group
    program source_file translation_unit module switch_body case_statement switch_block_statement_group switch_case
    else"""
)
FUNCTIONS = _words(
    """function_definition method_declaration constructor_declaration function_declaration method_definition
    generator_function_declaration arrow_function function_expression method singleton_method function_item
    init_declaration lambda_expression lambda func_literal closure_expression anonymous_function
    local_function_statement lambda_literal do_block"""
)
# Nothing below these is changed: text, types, what the compiler or a test reads.
SKIPPED = _words(
    """comment line_comment block_comment multiline_comment import_statement import_from_statement
    future_import_statement import_declaration package_clause package_declaration using_directive using_declaration
    use_declaration extern_crate_declaration namespace_use_declaration preproc_include preproc_def
    preproc_function_def preproc_call attribute attribute_item inner_attribute_item attribute_list annotation
    marker_annotation decorator type_arguments template_argument_list type_annotation type_parameters
    type_identifier user_type assert_statement assert token_tree macro_definition regex heredoc_body type_constraints
    template_parameter_list primitive_type generic_type where_clause"""
)
# What stands in their condition is for the preprocessor.
DIRECTIVES = _words("preproc_if preproc_elif")
TEXTS = ("string", "char", "template", "rune", "encapsed", "heredoc", "interpolat")

# Languages whose compiler would refuse a value of another type.
TYPED = frozenset({"C", "Cpp", "CSharp", "Go", "Java", "Rust", "Swift", "TypeScript"})
FALLING_THROUGH = frozenset({"C", "Cpp", "Java", "JavaScript", "PHP", "TypeScript"})
