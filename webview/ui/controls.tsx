import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeTextField,
} from "@vscode/webview-ui-toolkit";
import { type ComponentChildren, h, type VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";

// The toolkit is archived upstream: this file alone knows it, so that it can be replaced in an hour.
provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodeTextField(),
);

/** An element of the toolkit, which TypeScript's JSX does not know. */
function element(tag: string, attributes: Readonly<Record<string, unknown>>, children?: ComponentChildren): VNode {
  return h<Record<string, unknown>>(tag, attributes, children);
}

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick: () => void;
  /** What it does, where its content does not say it. */
  readonly label?: string | undefined;
  readonly appearance?: "primary" | "secondary" | "icon";
  readonly isDisabled?: boolean;
  readonly title?: string | undefined;
}

export function Button({ children, onClick, label, appearance, isDisabled, title }: ButtonProps): VNode {
  return element(
    "vscode-button",
    {
      appearance: appearance ?? "secondary",
      disabled: isDisabled ?? false,
      title,
      "aria-label": label,
      onClick: () => !isDisabled && onClick(),
    },
    children,
  );
}

interface CheckboxProps {
  readonly label: string;
  readonly isChecked: boolean;
  readonly onChange: (isChecked: boolean) => void;
  readonly isDisabled?: boolean;
}

export function Checkbox({ label, isChecked, onChange, isDisabled }: CheckboxProps): VNode {
  const onToggle = ({ currentTarget }: Event) => {
    const next = isElementWith(currentTarget, "checked") && currentTarget.checked === true;
    if (next !== isChecked) onChange(next);
  };
  return element("vscode-checkbox", { checked: isChecked, disabled: isDisabled ?? false, onChange: onToggle }, label);
}

interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
}

interface DropdownProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly choices: readonly Choice<Value>[];
  readonly onChange: (value: Value) => void;
}

/** A labelled list of which one is chosen. */
export function Dropdown<Value extends string>({ label, value, choices, onChange }: DropdownProps<Value>): VNode {
  const dropdown = useRef<HTMLElement & { value: string }>(null);
  // The element reads its options a moment after they are there, and forgets the value until then.
  useEffect(() => {
    const timer = setTimeout(() => {
      if (dropdown.current && dropdown.current.value !== value) dropdown.current.value = value;
    });
    return () => clearTimeout(timer);
  }, [value, choices]);
  const onPick = () => {
    const picked = choices.find((choice) => choice.value === dropdown.current?.value);
    if (picked && picked.value !== value) onChange(picked.value);
  };
  const options = choices.map((choice) =>
    element("vscode-option", { key: choice.value, value: choice.value }, choice.label),
  );
  return (
    <div class="control">
      <span aria-hidden="true">{label}</span>
      {element("vscode-dropdown", { ref: dropdown, "aria-label": label, onChange: onPick }, options)}
    </div>
  );
}

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  /** Called when the user leaves the field or presses Enter. */
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  /** What is wrong with the value. */
  readonly error?: string | undefined;
  readonly size?: number;
}

export function TextField({ label, value, onChange, placeholder, error, size }: TextFieldProps): VNode {
  const onCommit = ({ currentTarget }: Event) => {
    if (isElementWith(currentTarget, "value") && typeof currentTarget.value === "string") onChange(currentTarget.value);
  };
  return (
    <div class="control">
      <span aria-hidden="true">{label}</span>
      {element("vscode-text-field", {
        value,
        placeholder,
        size: size ?? 8,
        "aria-label": label,
        "aria-invalid": error !== undefined,
        title: error,
        onChange: onCommit,
      })}
      {error !== undefined && <span class="control-error">{error}</span>}
    </div>
  );
}

function isElementWith<Name extends string>(target: unknown, name: Name): target is Record<Name, unknown> {
  return target instanceof HTMLElement && name in target;
}
