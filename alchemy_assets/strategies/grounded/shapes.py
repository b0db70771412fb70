"""What functions, containers, imports and names are called in the grammar of each language.

Belongs here: names of tree-sitter nodes and fields. Does not: what is concluded from them (`outline`, `names`).

A role is written `parent.field`: the name stands in that field of that node; `parent.` where it has no field,
`parent.*` in any field; `parent.[0]` where it is the first child and has no field. `role=leaf` holds for leaves of
that type alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, eq=False)
class Shape:
    """The nodes of one language.

    functions: definitions with a body. containers: what definitions stand in, and whose lines surround them.
    wrappers: nodes around definitions that say nothing themselves. imports: what binds names of other files.
    names: leaves that are names. binds: roles that make a name known. patterns: nodes between a name and its role.
    members: roles of what comes after a dot. keys: roles of members named without their object.
    unread: roles that refer to nothing (labels, keywords of a call).
    constants: roles in which a capitalized name is one that exists already, not a new one (patterns of a match).
    formats: leaves of text in which a name in braces is one, where a macro reads them.
    shared: roles that say that a name is the file's, not the function's own, even if the function assigns it.
    own: what a method calls its own object. lambdas: values that make a variable a function.
    joined: nodes that stand between a doc comment and its function (attributes on lines of their own).
    """

    functions: frozenset[str]
    containers: frozenset[str]
    wrappers: frozenset[str]
    imports: frozenset[str]
    names: frozenset[str]
    binds: frozenset[str]
    patterns: frozenset[str]
    members: frozenset[str]
    keys: frozenset[str]
    unread: frozenset[str]
    constants: frozenset[str]
    formats: frozenset[str]
    shared: frozenset[str]
    own: frozenset[str]
    lambdas: frozenset[str]
    joined: frozenset[str]


def _shape(**words: str) -> Shape:
    return Shape(**{name: frozenset(words.get(name, "").split()) for name in Shape.__dataclass_fields__})


_C_BINDS = """
    declaration.declarator init_declarator.declarator parameter_declaration.declarator preproc_def.name
    preproc_function_def.name preproc_params. enumerator.name type_definition.declarator struct_specifier.name
    enum_specifier.name union_specifier.name function_definition.declarator field_declaration.declarator
"""
_C_PATTERNS = "pointer_declarator array_declarator function_declarator parenthesized_declarator"
_C_WRAPPERS = "preproc_ifdef preproc_if preproc_else preproc_elif linkage_specification declaration_list"

_JS_BINDS = """
    variable_declarator.name formal_parameters. arrow_function.parameter catch_clause.parameter for_in_statement.left
    function_declaration.name generator_function_declaration.name function_expression.name class_declaration.name
    class.name method_definition.name field_definition.property import_specifier.name import_specifier.alias
    import_clause. namespace_import. assignment_pattern.left object_assignment_pattern.left
"""
_JS_PATTERNS = "array_pattern object_pattern rest_pattern pair_pattern assignment_pattern object_assignment_pattern"
_JS_NAMES = """
    identifier property_identifier private_property_identifier shorthand_property_identifier
    shorthand_property_identifier_pattern
"""
_JS_FUNCTIONS = "function_declaration generator_function_declaration method_definition"
_JS_LAMBDAS = "arrow_function function_expression generator_function"

SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "C": _shape(
            functions="function_definition",
            wrappers=_C_WRAPPERS,
            imports="preproc_include",
            names="identifier type_identifier field_identifier",
            binds=_C_BINDS,
            patterns=_C_PATTERNS,
            members="field_expression.field",
            keys="field_designator.",
        ),
        "Cpp": _shape(
            functions="function_definition",
            containers="class_specifier struct_specifier namespace_definition",
            wrappers=f"{_C_WRAPPERS} template_declaration field_declaration_list",
            imports="preproc_include using_declaration",
            names="identifier type_identifier field_identifier namespace_identifier",
            binds=f"""{_C_BINDS} for_range_loop.declarator optional_parameter_declaration.declarator
            class_specifier.name
                type_parameter_declaration. optional_type_parameter_declaration.name alias_declaration.name
                namespace_definition.name variadic_parameter_declaration.declarator lambda_capture_initializer.left""",
            patterns=f"{_C_PATTERNS} reference_declarator structured_binding_declarator variadic_declarator",
            members="field_expression.field qualified_identifier.name",
            keys="field_designator. field_initializer.",
            own="this",
        ),
        "CSharp": _shape(
            functions="method_declaration constructor_declaration",
            containers="""class_declaration struct_declaration record_declaration interface_declaration
                namespace_declaration""",
            wrappers="declaration_list preproc_if preproc_else preproc_elif",
            imports="using_directive file_scoped_namespace_declaration",
            names="identifier",
            binds="""variable_declarator.name parameter.name foreach_statement.left catch_declaration.name
                declaration_expression.name declaration_pattern.name implicit_parameter. lambda_expression.parameters
                local_function_statement.name property_declaration.name method_declaration.name class_declaration.name
                struct_declaration.name record_declaration.name interface_declaration.name enum_declaration.name
                enum_member_declaration.name type_parameter.name from_clause.name let_clause.[0]
                constructor_declaration.name
                tuple_element.name var_pattern.name recursive_pattern.name parenthesized_variable_designation.
                namespace_declaration.name delegate_declaration.name event_declaration.name join_clause.[0]
                foreach_variable_statement.left""",
            patterns="tuple_pattern implicit_parameter parenthesized_variable_designation qualified_name",
            members="member_access_expression.name member_binding_expression.name qualified_name.name",
            unread="""argument.name name_colon.name name_colon. attribute.name labeled_statement. goto_statement.
                name_equals.""",
            own="this base",
        ),
        "Go": _shape(
            functions="function_declaration method_declaration",
            imports="import_declaration package_clause",
            names="identifier type_identifier field_identifier package_identifier",
            binds="""short_var_declaration.left var_spec.name const_spec.name parameter_declaration.name
                variadic_parameter_declaration.name range_clause.left type_switch_statement.alias receive_statement.left
                function_declaration.name method_declaration.name type_spec.name type_alias.name field_declaration.name
                method_elem.name type_parameter_declaration.name import_spec.name""",
            patterns="expression_list literal_element",
            members="selector_expression.field qualified_type.name",
            keys="keyed_element.key",
        ),
        "Java": _shape(
            functions="method_declaration constructor_declaration",
            containers="class_declaration interface_declaration enum_declaration record_declaration",
            wrappers="class_body interface_body enum_body enum_body_declarations",
            imports="import_declaration package_declaration",
            names="identifier type_identifier",
            binds="""variable_declarator.name formal_parameter.name catch_formal_parameter.name
            enhanced_for_statement.name
                resource.name lambda_expression.parameters inferred_parameters. instanceof_expression.name
                method_declaration.name constructor_declaration.name class_declaration.name interface_declaration.name
                enum_declaration.name record_declaration.name enum_constant.name type_parameter. type_pattern.=identifier
                record_pattern_component.=identifier annotation_type_declaration.name""",
            members="field_access.field method_invocation.name method_reference. scoped_type_identifier.",
            unread="""labeled_statement. break_statement. continue_statement. marker_annotation.name annotation.name
                element_value_pair.key""",
            own="this super",
        ),
        "JavaScript": _shape(
            functions=_JS_FUNCTIONS,
            containers="class_declaration",
            wrappers="export_statement class_body",
            imports="import_statement",
            names=_JS_NAMES,
            binds=_JS_BINDS,
            patterns=_JS_PATTERNS,
            members="member_expression.property",
            unread="pair.key method_definition.name",
            own="this super",
            lambdas=_JS_LAMBDAS,
        ),
        "TypeScript": _shape(
            functions=_JS_FUNCTIONS,
            containers="class_declaration abstract_class_declaration internal_module",
            wrappers="export_statement class_body statement_block expression_statement",
            imports="import_statement",
            names=f"{_JS_NAMES} type_identifier",
            binds=f"""{_JS_BINDS} required_parameter.pattern optional_parameter.pattern public_field_definition.name
                type_alias_declaration.name interface_declaration.name enum_declaration.name type_parameter.name
                abstract_class_declaration.name property_signature.name method_signature.name enum_body.name
                enum_assignment.name internal_module.name function_signature.name abstract_method_signature.name""",
            patterns=_JS_PATTERNS,
            members="member_expression.property nested_type_identifier.name",
            unread="pair.key",
            own="this super",
            lambdas=_JS_LAMBDAS,
            joined="decorator",
        ),
        "PHP": _shape(
            functions="function_definition method_declaration",
            containers="class_declaration trait_declaration interface_declaration enum_declaration",
            wrappers="declaration_list",
            imports="namespace_use_declaration namespace_definition php_tag",
            names="name variable_name",
            binds="""assignment_expression.left=variable_name reference_assignment_expression.left=variable_name
                simple_parameter.name variadic_parameter.name property_promotion_parameter.name
                foreach_statement.=variable_name catch_clause.name static_variable_declaration.name
                anonymous_function_use_clause. property_element.name const_element.[0]
                function_definition.name method_declaration.name class_declaration.name trait_declaration.name
                interface_declaration.name enum_declaration.name enum_case.name argument.=variable_name""",
            patterns="list_literal pair by_ref array_creation_expression array_element_initializer",
            members="""member_access_expression.name member_call_expression.name nullsafe_member_call_expression.name
                nullsafe_member_access_expression.name scoped_call_expression.name
                scoped_property_access_expression.name class_constant_access_expression.""",
            unread="argument.name namespace_name.",
            shared="global_declaration.",
            own="$this self static parent",
        ),
        "Python": _shape(
            functions="function_definition",
            containers="class_definition",
            wrappers="decorated_definition block",
            imports="import_statement import_from_statement future_import_statement",
            names="identifier",
            binds="""assignment.left for_statement.left for_in_clause.left named_expression.name as_pattern.alias
                parameters. lambda_parameters. default_parameter.name typed_parameter. typed_default_parameter.name
                function_definition.name class_definition.name aliased_import.alias import_statement.name
                import_from_statement.name case_pattern. dict_pattern. keyword_pattern.""",
            patterns="""pattern_list tuple_pattern list_pattern list_splat_pattern dictionary_splat_pattern
                as_pattern_target dotted_name splat_pattern""",
            members="attribute.attribute",
            unread="keyword_argument.name",
            shared="global_statement.",
            own="self cls",
        ),
        "Ruby": _shape(
            functions="method singleton_method",
            containers="class module singleton_class",
            wrappers="body_statement",
            names="identifier constant instance_variable class_variable global_variable",
            binds="""assignment.left operator_assignment.left method_parameters. block_parameters. lambda_parameters.
                optional_parameter.name keyword_parameter.name splat_parameter.name hash_splat_parameter.name
                block_parameter.name exception_variable. for.pattern method.name singleton_method.name class.name
                module.name""",
            patterns="""left_assignment_list rest_assignment destructured_left_assignment destructured_parameter
                splat_parameter""",
            members="call.method scope_resolution.name",
            own="self",
        ),
        "Rust": _shape(
            functions="function_item",
            containers="impl_item mod_item trait_item",
            wrappers="declaration_list",
            imports="use_declaration extern_crate_declaration",
            names="identifier type_identifier field_identifier shorthand_field_identifier",
            binds="""let_declaration.pattern parameter.pattern for_expression.pattern closure_parameters. match_pattern.
                let_condition.pattern function_item.name struct_item.name enum_item.name enum_variant.name
                const_item.name
                static_item.name type_item.name macro_definition.name field_declaration.name type_parameter.name
                trait_item.name mod_item.name const_parameter.name union_item.name field_pattern.name
                associated_type.name function_signature_item.name""",
            patterns="""tuple_pattern tuple_struct_pattern struct_pattern field_pattern ref_pattern mut_pattern
                reference_pattern slice_pattern captured_pattern or_pattern""",
            members="field_expression.field scoped_identifier.name scoped_type_identifier.name",
            keys="field_initializer.field",
            unread="lifetime. attribute. inner_attribute_item.",
            constants="match_pattern. let_condition.pattern",
            formats="string_content",
            own="self Self",
            joined="attribute_item",
        ),
        "Shell": _shape(
            functions="function_definition",
            names="variable_name word",
            binds="variable_assignment.name for_statement.variable declaration_command. function_definition.name",
            patterns="subscript",
        ),
        "Swift": _shape(
            functions="function_declaration init_declaration",
            containers="class_declaration protocol_declaration",
            wrappers="class_body enum_class_body protocol_body",
            imports="import_declaration",
            names="simple_identifier type_identifier",
            binds="""pattern.bound_identifier guard_statement.bound_identifier if_statement.bound_identifier
                while_statement.bound_identifier lambda_parameter.name function_declaration.name class_declaration.name
                protocol_declaration.name enum_entry.name typealias_declaration.name type_parameter. parameter.name
                protocol_function_declaration.name""",
            members="navigation_suffix.suffix",
            keys="prefix_expression.target pattern.",
            unread="value_argument_label. parameter.external_name lambda_parameter.external_name",
            own="self Self super",
        ),
    }
)
